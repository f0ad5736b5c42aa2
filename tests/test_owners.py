"""Every statement says whose rows it is about, so that rows can be spread over servers by owner."""

import pytest

from groundlevel.kernel.store.table import TABLES
from groundlevel.main import all_areas
from groundlevel.testing_stores import refuse_without_owner

all_areas()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT doc FROM contacts WHERE id = %s",
        "SELECT doc FROM contacts WHERE email = %s AND owner = %s",
        "DELETE FROM contacts WHERE id = %s",
        "INSERT INTO contacts (id, owner, doc) VALUES (%s, %s, %s)",
        "(SELECT doc, x AS s0 FROM contacts WHERE owner = %s AND x IS NOT NULL) UNION ALL (SELECT doc FROM contacts)",
    ],
)
def test_a_statement_without_its_owner_is_noticed(statement: str) -> None:
    with pytest.raises(AssertionError, match="no owner"):
        refuse_without_owner(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT doc FROM contacts WHERE owner = %s AND id = %s",
        "SELECT count(*) FROM (SELECT FROM contacts WHERE owner = %s AND true LIMIT %s) AS f",
        "INSERT INTO contacts (owner, id, doc) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
    ],
)
def test_one_with_its_owner_passes(statement: str) -> None:
    refuse_without_owner(statement)


def test_every_index_begins_with_the_owner() -> None:
    from groundlevel.kernel.store.postgres.schema import indexes

    made = [statement for table in TABLES.values() for statement in indexes(table).values()]
    assert len(made) > 50
    assert [s for s in made if " (owner, " not in s] == []
