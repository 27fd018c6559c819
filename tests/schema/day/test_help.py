"""One tap asks headquarters for help, with everything that they need to know; the answer comes back."""

from uuid import UUID, uuid4

from retail.access.permissions import Role
from tests.schema.day.shifts import CALLS, answer, ask_for_help, calls_seen_by
from tests.schema.tasks.chores import photo
from tests.support.chain import Chain, origin


async def test_a_call_carries_its_context_and_the_asker_sees_the_answer(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, operations = await chain.clerk_at(riverside), await chain.staff(Role.HQ_OPERATIONS, riverside)
    about, picture = uuid4(), photo()
    context = {"subject": "STOCKTAKE", "subjectId": about, "appVersion": "1.4.0", "lastProblem": "STOCK_MOVED"}

    told = await ask_for_help(li, **context, words="盘不了", photos=[picture])
    await answer(operations, riverside, told.value["call"]["id"], words="先刷新一下")
    await answer(operations, riverside, told.value["call"]["id"], close=True)

    [seen] = await calls_seen_by(li, riverside)
    shown = {word: seen[word] for word in ("screen", "subject", "subjectId", "appVersion", "lastProblem", "words")}
    assert shown == {"screen": "/stocktake", **context, "subjectId": str(about), "words": "盘不了"}
    assert (seen["askedByName"], seen["state"]) == (li.name, "CLOSED")
    assert seen["answers"] == [{"byName": operations.name, "words": "先刷新一下"}]
    assert [each["id"] for each in seen["photos"]] == [str(picture["id"])]


async def test_headquarters_sees_every_stores_calls_and_a_clerk_only_the_own(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, wang = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    manager, operations = [await chain.staff(role, riverside) for role in (Role.STORE_MANAGER, Role.HQ_OPERATIONS)]
    mine = (await ask_for_help(li)).value["call"]["id"]
    answered = (await ask_for_help(wang)).value["call"]["id"]
    await answer(operations, riverside, answered, words="好")

    assert [call["id"] for call in await calls_seen_by(li, riverside)] == [mine]
    assert await calls_seen_by(manager, riverside) == []
    assert [call["id"] for call in await calls_seen_by(operations, riverside)] == [answered, mine]
    assert [call["id"] for call in await calls_seen_by(operations, riverside, states=["WAITING"])] == [mine]
    assert [call["id"] for call in await calls_seen_by(operations, riverside, states=["ANSWERED"])] == [answered]
    assert await calls_seen_by(operations, riverside, states=["CLOSED"]) == []


async def test_the_list_is_read_page_by_page(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    asked = [(await ask_for_help(li)).value["call"]["id"] for _ in range(3)]

    first = (await li.ask(CALLS, first=2)).data["helpCalls"]
    rest = (await li.ask(CALLS, first=2, after=first["pageInfo"]["endCursor"])).data["helpCalls"]

    assert [edge["node"]["id"] for edge in first["edges"] + rest["edges"]] == asked[::-1]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_only_headquarters_answers_and_nobody_answers_what_is_not_there(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    li, operations = await chain.clerk_at(riverside), await chain.staff(Role.HQ_OPERATIONS, riverside)
    call = (await ask_for_help(li)).value["call"]["id"]

    by_clerk = await answer(li, riverside, call, words="我自己来")
    elsewhere = await answer(operations, harbour, call, words="好")
    silent = await answer(operations, riverside, call, words="  ")

    assert by_clerk.kind == "NotPermitted"
    assert (elsewhere.kind, elsewhere.value["path"]) == ("NotFound", "helpId")
    assert silent.problems == [("words", "TEXT_MISSING")]


async def test_rubbish_is_refused_by_name_and_nothing_is_kept(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    long = "x" * 10_000

    told = await ask_for_help(
        li, screen=long, appVersion=long, lastProblem=long, words="a\0b", subject="TASK", origin=origin(device=long)
    )
    twice = [await ask_for_help(li, id=id) for id in [uuid4()] * 2]

    assert {path for path, _ in told.problems} == {
        "origin.device",
        "screen",
        "appVersion",
        "lastProblem",
        "words",
        "subjectId",
    }
    assert twice[1].problems == [("id", "ID_TAKEN")]
    assert await chain.value("select count(*) from help_call where store_id = $1", riverside.id) == 1


async def wait_too_long(chain: Chain, call: str) -> None:
    await chain.rows("update help_call set recorded_at = recorded_at - interval '11 minutes' where id = $1", UUID(call))


async def test_what_headquarters_leaves_waiting_rises_to_whoever_leads_the_store(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    li, colleague = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    manager, elsewhere = [await chain.staff(Role.STORE_MANAGER, store) for store in (riverside, harbour)]
    call = (await ask_for_help(li)).value["call"]["id"]
    assert await calls_seen_by(manager, riverside) == []
    too_soon = await answer(manager, riverside, call, words="我来")

    await wait_too_long(chain, call)
    told = await answer(manager, riverside, call, words="我来")

    assert (too_soon.kind, too_soon.value["permission"]) == ("NotPermitted", "help:answer")
    assert told.kind == "AnswerHelpSuccess", told.body
    assert [each["id"] for each in await calls_seen_by(manager, riverside)] == [call]
    assert await calls_seen_by(elsewhere, riverside) == await calls_seen_by(colleague, riverside) == []
    assert (await answer(colleague, riverside, call, words="我来")).kind == "NotPermitted"


async def test_what_headquarters_answers_in_time_does_not_rise(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, operations = await chain.clerk_at(riverside), await chain.staff(Role.HQ_OPERATIONS, riverside)
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    answered, closed = [(await ask_for_help(li)).value["call"]["id"] for _ in range(2)]
    await answer(operations, riverside, answered, words="好")
    await answer(operations, riverside, closed, close=True)
    await chain.rows("update help_answer set answered_at = answered_at - interval '5 minutes'")
    await chain.rows("update help_call set closed_at = closed_at - interval '5 minutes'")
    await wait_too_long(chain, answered)
    await wait_too_long(chain, closed)

    assert await calls_seen_by(manager, riverside) == []


async def test_calls_of_two_stores_with_one_id_keep_their_own_answers_and_pictures(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    operations = await chain.hire(Role.HQ_OPERATIONS)
    call, pictures = uuid4(), [photo(), photo()]
    for store, picture in zip((riverside, harbour), pictures, strict=True):
        await ask_for_help(await chain.clerk_at(store), id=call, photos=[picture])
        await answer(operations, store, call, words=store.name)

    seen = [(await calls_seen_by(operations, store))[0] for store in (riverside, harbour)]

    assert [[each["words"] for each in one["answers"]] for one in seen] == [[riverside.name], [harbour.name]]
    assert [[each["id"] for each in one["photos"]] for one in seen] == [[str(each["id"])] for each in pictures]
