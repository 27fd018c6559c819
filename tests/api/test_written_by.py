"""What one person did on a phone is never recorded in the session of the next."""

from dataclasses import replace

from tests.support.chain import Chain, Staff


def phone_of(clerk: Staff, *, session_of: Staff) -> Staff:
    """A phone on which a clerk has sold something and a colleague has signed in since."""
    return replace(session_of, headers={**session_of.headers, "x-trueshelf-person": str(clerk.id)})


async def test_a_sale_is_taken_in_the_session_of_whoever_made_it(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store("Riverside"))
    await clerk.receive(tea=10)

    sold = await phone_of(clerk, session_of=clerk).sell(tea=1)

    assert sold.kind == "RecordSaleSuccess"
    assert await chain.on_hand(clerk.shop) == {"tea": 9}


async def test_a_sale_is_not_taken_in_the_session_of_a_colleague(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, colleague = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    await clerk.receive(tea=10)

    refused = await phone_of(clerk, session_of=colleague).sell(tea=1)

    assert (refused.status, refused.codes) == (401, ["ANOTHER_PERSON"])
    assert await chain.on_hand(riverside) == {"tea": 10}
