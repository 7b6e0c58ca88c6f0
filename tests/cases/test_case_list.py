"""The list of cases, its count, its filters and the search."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Read
from dacase.cases.models import Grant, Headline
from dacase.cases.selectors.case import NEWEST_FIRST, case_grants, case_rows, find_grants
from dacase.cases.services.closing import close_case
from dacase.cases.services.exclusion import bar_from_case
from dacase.ui.tables import capped_count, keyset_page
from dacase.walls.context import acting_as
from tests.factories import make_case, share

pytestmark = pytest.mark.usefixtures("own_panels")
LIST = "/cases/"


def names(grants):
    return [row.headline.victim.family_name for row in case_rows(grants)]


@pytest.fixture
def three(cast):
    """Three cases, one closed, one of high risk and the IDVA's own; and one of another agency."""
    cases = {name: make_case(cast.idva, victim=name) for name in ("Ashtest", "Birchtest", "Cedartest")}
    with acting_as(cast.idva):
        close_case(cases["Ashtest"], reason="ended", actor=cast.idva)
        Headline.objects.filter(case=cases["Birchtest"]).update(
            band="high", worker=cast.idva, band_set_on=timezone.localdate()
        )
    cases["Oaktest"] = make_case(cast.outsider, victim="Oaktest")
    return cases


class TestSelectors:
    def test_the_newest_stand_first_and_filters_choose(self, cast, three):
        with acting_as(cast.idva):
            for chosen, wanted in (
                ({}, ["Cedartest", "Birchtest"]),
                ({"state": "closed"}, ["Ashtest"]),
                ({"state": "all"}, ["Cedartest", "Birchtest", "Ashtest"]),
                ({"band": "high"}, ["Birchtest"]),
                ({"band": "standard"}, []),
                ({"worker": cast.idva}, ["Birchtest"]),
            ):
                grants = case_grants(cast.idva, **chosen)
                assert names(grants.order_by(*NEWEST_FIRST)) == wanted
                assert capped_count(grants).number == len(wanted)

    def test_what_bars_the_reader_is_in_neither_list_nor_count(self, cast, three):
        with acting_as(cast.idva_manager):
            bar_from_case(
                three["Birchtest"],
                group=cast.barred_colleague.user.group,
                reason="x",
                actor=cast.idva_manager,
            )
        with acting_as(cast.barred_colleague):
            grants = case_grants(cast.barred_colleague)
            assert names(grants) == ["Cedartest"]
            assert capped_count(grants).number == 1
            assert not find_grants(cast.barred_colleague, "birch").exists()

    def test_a_summary_is_not_in_the_list(self, cast, three):
        share(three["Cedartest"], cast.social_worker.agency, actor=cast.idva, scope="view_case_summary")
        with acting_as(cast.social_worker):
            assert not case_grants(cast.social_worker).exists()
            assert not find_grants(cast.social_worker, "cedar").exists()

    @pytest.mark.parametrize(
        ("words", "wanted"),
        [("cedar", ["Cedartest"]), ("CEDARTEST", ["Cedartest"]), (" birch ", ["Birchtest"]), ("ash", ["Ashtest"]),
         ("edar", []), ("oak", []), ("a", []), ("%", []), ("", []), ("c_d", []), ("O'", [])],
    )  # fmt: skip
    def test_a_search_finds_beginnings_of_surnames_in_own_cases(self, cast, three, words, wanted):
        with acting_as(cast.idva):
            assert names(find_grants(cast.idva, words).order_by(*NEWEST_FIRST)) == wanted

    def test_a_search_finds_everybody_in_the_case_and_says_whom(self, cast):
        from dacase.cases.services.case import PersonDetails
        from dacase.cases.services.person import add_person

        case = make_case(cast.idva, victim="Ashtest")
        with acting_as(cast.idva):
            add_person(case, details=PersonDetails("O’Madeup-Name"), role="perpetrator", actor=cast.idva)
            for words in ("omade", "O’Made", "o made"):
                (row,) = case_rows(find_grants(cast.idva, words), words)
                assert row.case == case
                assert [party.role for party in row.found] == ["perpetrator"]

    def test_a_reference_is_found_as_a_whole_only(self, cast, three):
        reference = three["Cedartest"].reference
        with acting_as(cast.idva):
            assert names(find_grants(cast.idva, reference.lower())) == ["Cedartest"]
            assert not find_grants(cast.idva, reference[:-1]).exists()
            assert not find_grants(cast.idva, three["Oaktest"].reference).exists()

    def test_the_prefix_is_postgresqls_own_operator(self, cast):
        sql = str(find_grants(cast.idva, "smith").query)
        assert "^@ SMITH" in sql
        assert "LIKE" not in sql

    def test_pages_go_on_where_the_last_one_ended(self, cast):
        for number in range(5):
            make_case(cast.idva, victim=f"Test{number}")
        with acting_as(cast.idva):
            seen, after = [], None
            while True:
                page = keyset_page(case_grants(cast.idva), order=NEWEST_FIRST, after=after, size=2)
                seen += names(page)
                after = page.next_cursor
                if after is None:
                    break
        assert seen == [f"Test{number}" for number in (4, 3, 2, 1, 0)]

    def test_list_count_and_rows_read_three_queries_for_one_case_and_for_three(
        self, cast, django_assert_num_queries
    ):
        make_case(cast.idva)
        for _ in range(2):
            with acting_as(cast.idva):
                case_grants(cast.idva).first()
                with django_assert_num_queries(3):
                    grants = case_grants(cast.idva)
                    rows = case_rows(keyset_page(grants, order=NEWEST_FIRST, after=None))
                    assert [row.headline.victim.name for row in rows]
                    assert capped_count(grants)
            make_case(cast.idva)
            make_case(cast.idva)


class TestPages:
    def test_the_list_shows_links_risk_and_count(self, cast, three, sign_in):
        html = sign_in(cast.idva).get(LIST).content.decode()
        assert reverse("cases:detail", args=[three["Birchtest"].pk]) in html
        assert "Vera Cedartest" in html
        assert "<strong>2</strong> cases" in html
        assert "Oaktest" not in html
        assert "Ashtest" not in html

    def test_an_empty_list_says_what_to_do(self, cast, sign_in):
        assert "No open cases yet" in sign_in(cast.social_worker).get(LIST).content.decode()

    def test_an_empty_filter_offers_to_clear_it(self, cast, three, sign_in):
        html = sign_in(cast.idva).get(LIST, {"state": "open", "band": "standard"}).content.decode()
        assert "Clear filters" in html

    def test_a_search_puts_no_name_into_an_address_and_leaves_a_row(self, cast, three, sign_in):
        client = sign_in(cast.idva)
        response = client.post(reverse("cases:search"), {"words": "Cedar"})
        assert response.status_code == 302
        assert "edar" not in response["Location"].lower()
        page = client.get(response["Location"])
        html = page.content.decode()
        assert "Vera Cedartest" in html
        assert "Birchtest" not in html
        assert "<strong>1</strong> cases found" in html
        with acting_as(cast.idva):
            assert Read.objects.get(page="cases:search").purpose == ""

    def test_a_search_that_finds_nothing_says_so(self, cast, three, sign_in):
        client = sign_in(cast.idva)
        html = client.get(
            client.post(reverse("cases:search"), {"words": "Oaktest"})["Location"]
        ).content.decode()
        assert "No case was found" in html

    @pytest.mark.parametrize("words", ["", "a", "!!", "x" * 1_000_000, "a\x00b"])
    def test_words_that_cannot_find_anything_are_told(self, cast, sign_in, words):
        response = sign_in(cast.idva).post(reverse("cases:search"), {"words": words})
        assert response.status_code == 200
        assert "govuk-error-summary" in response.content.decode()

    def test_a_changed_search_or_cursor_gives_the_plain_list(self, cast, three, sign_in):
        for query in ({"search": "forged"}, {"after": "forged"}, {"state": "nonsense"}):
            assert "Vera Cedartest" in sign_in(cast.idva).get(LIST, query).content.decode()

    def test_htmx_gets_the_results_alone(self, cast, three, sign_in):
        response = sign_in(cast.idva).get(
            LIST, {"state": "all"}, headers={"HX-Request": "true", "HX-Target": "results"}
        )
        html = response.content.decode()
        assert "Ashtest" in html
        assert "<main" not in html

    def test_it_costs_the_same_for_one_and_for_three(
        self, cast, case, sign_in, django_assert_max_num_queries
    ):
        client = sign_in(cast.idva)
        client.get(LIST)
        with django_assert_max_num_queries(11) as one:
            client.get(LIST)
        make_case(cast.idva)
        make_case(cast.idva)
        with django_assert_max_num_queries(11) as three:
            client.get(LIST)
        assert len(one) == len(three)


def test_grants_that_have_ended_but_are_not_swept_are_not_listed(cast, case):
    with acting_as(cast.idva):
        assert Grant.objects.opening(cast.idva).count() == 1
        Grant.objects.update(valid_from=timezone.now() - timezone.timedelta(days=2))
        Grant.objects.update(valid_until=timezone.now() - timezone.timedelta(days=1))
        assert not case_grants(cast.idva).exists()
