from dacase.cases.models.case import Case, Headline
from dacase.cases.models.draft import Draft
from dacase.cases.models.exclusion import Exclusion
from dacase.cases.models.facts import ChildFacts, EqualityAnswers, ImmigrationStatus, PartyNeeds
from dacase.cases.models.grant import Grant
from dacase.cases.models.location import Location
from dacase.cases.models.merge import Merge
from dacase.cases.models.party import Party
from dacase.cases.models.person import Person
from dacase.cases.models.relationship import Relationship
from dacase.cases.models.safe_contact import SafeContactPlan

__all__ = [
    "Case",
    "ChildFacts",
    "Draft",
    "EqualityAnswers",
    "Exclusion",
    "Grant",
    "Headline",
    "ImmigrationStatus",
    "Location",
    "Merge",
    "Party",
    "PartyNeeds",
    "Person",
    "Relationship",
    "SafeContactPlan",
]
