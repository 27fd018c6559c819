"""Asking about shelves, codes and tags in short words."""

from uuid import uuid4

from tests.support.asking import Asker, Told
from tests.support.chain import Chain

REFUSED = """... on Refusal { code message messageZh } ... on InvalidInput { problems { path code message messageZh } }
  ... on NotFound { path } ... on NotPermitted { permission }"""
SHELF = "id storeId zone code name place path skuIds retiredAt"
SHOWN = {
    "addShelves": f"shelves {{ {SHELF} }}",
    "changeShelf": f"shelf {{ {SHELF} }}",
    "retireShelf": f"shelf {{ {SHELF} }}",
    "setInStorePatterns": "patterns { prefix itemDigits valueDigits measure priceCheck }",
    "resolveCode": "code settled counted",
    "reopenCode": "code reopened posted",
    "recordTagReads": """counted repeated unknown malformed items { gtin skuId tags units lastReadAt }
      malformedReads { index epc code }""",
}
WITHOUT = {
    "retireShelf": "... on InvalidInput { problems { path code message messageZh } }",
    "setInStorePatterns": "... on NotFound { path }",
}
SHELVES = f"query($storeId: UUID!) {{ shelves(storeId: $storeId) {{ {SHELF} }} }}"
BY_TOKEN = f"query($token: String!) {{ shelfByToken(token: $token) {{ {SHELF} }} }}"
PATTERNS = "{ inStorePatterns { prefix itemDigits valueDigits measure priceCheck } }"
SETTLED = """query($first: Int!, $after: String) { settledCodes(first: $first, after: $after) { totalCount
  pageInfo { hasNextPage endCursor } edges { node { code times settledAt settledBy sku { id } } } } }"""
UNKNOWN = """query($first: Int!, $after: String) { unknownCodes(first: $first, after: $after) { totalCount
  pageInfo { hasNextPage endCursor }
  edges { node { code times quantity storeCount firstFoundAt lastFoundAt
    sightings { storeId shelfCode stocktakeId code quantity foundAt foundBy photo { id } }
    suggestions { skuId gtin packUnits likeness sku { code } } } } } }"""


async def do(asker: Asker, mutation: str, **input: object) -> Told:
    """Carry a mutation out with a fresh `requestId` unless one is given."""
    pascal = mutation[0].upper() + mutation[1:]
    refused = REFUSED.replace(WITHOUT.get(mutation, "-"), "")
    document = (
        f"mutation($input: {pascal}Input!) {{ {mutation}(input: $input) {{ __typename "
        f"... on {pascal}Success {{ {SHOWN[mutation]} }} {refused} }} }}"
    )
    return await asker.ask(document, input={"requestId": uuid4(), **input})


async def forget_patterns(chain: Chain) -> None:
    """Take away what other stories have said of the chain's scales."""
    await chain.rows("delete from in_store_pattern")
