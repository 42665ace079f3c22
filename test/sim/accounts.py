"""Who may call: keys, users, tokens, projects.  All invented.

Promises: constant tables only; the README lists the same.  A caller is
"customer", "partner" or "any" (may call everything); `grants` limits the
enterprise projects a caller may see (None: all of them).
"""

from typing import NamedTuple, Optional


class Project(NamedTuple):
    id: str
    name: str
    parent: str = ""
    enabled: bool = True


class Account(NamedTuple):
    name: str
    kind: str
    grants: Optional[tuple] = None
    temporary: bool = False


DOMAIN_ID = "d0a1b2c3d4e5f60718293a4b5c6d7e8f"
DOMAIN_NAME = "sim-account"

PROJECT_1 = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PROJECT_2 = "1b2c3d4e5f60718293a4b5c6d7e8f90a"
PROJECT_3 = "2c3d4e5f60718293a4b5c6d7e8f90a1b"
PROJECT_TWIN = "3d4e5f60718293a4b5c6d7e8f90a1b2c"

# Two projects are named ap-southeast-2, so that a search can find two.
PROJECTS = {p.id: p for p in (
    Project(PROJECT_1, "ap-southeast-1"),
    Project(PROJECT_2, "ap-southeast-3"),
    Project(PROJECT_3, "ap-southeast-1_third", PROJECT_1),
    Project(PROJECT_TWIN, "ap-southeast-2"),
    Project("4e5f60718293a4b5c6d7e8f90a1b2c3d", "ap-southeast-2"),
    Project("5f60718293a4b5c6d7e8f90a1b2c3d4e", "af-south-1", "", False),
)}

ENTERPRISE_PROJECTS = {"0": "default", "ep-1": "Finance",
                       "ep-2": "Vertrieb Köln 销售"}

EVERYTHING = Account("everything", "any")
CUSTOMER = Account("customer", "customer")
PARTNER = Account("partner", "partner")
LIMITED = Account("limited", "customer", ("ep-1",))
TEMPORARY = Account("temporary", "any", None, True)

SECURITY_TOKEN = "simSecurityToken-0123456789abcdef"

# access key: (secret key, account)
KEYS = {
    "SIMAK0EVERYTHING0000":
        ("simSkEverything/+0123456789abcdefghijklmn", EVERYTHING),
    "SIMAK0CUSTOMER000000":
        ("simSkCustomer/+0123456789abcdefghijklmnop", CUSTOMER),
    "SIMAK0PARTNER0000000":
        ("simSkPartner/+0123456789abcdefghijklmnopq", PARTNER),
    "SIMAK0LIMITED0000000":
        ("simSkLimited/+0123456789abcdefghijklmnopq", LIMITED),
    "SIMAK0TEMPORARY00000":
        ("simSkTemporary/+0123456789abcdefghijklmno", TEMPORARY),
}

# token: (account, project id or None for domain scope, is good)
TOKENS = {
    "simTokenProject-everything-0123456789abcdef":
        (EVERYTHING, PROJECT_1, True),
    "simTokenProject2-everything-0123456789abcdef":
        (EVERYTHING, PROJECT_2, True),
    "simTokenDomain-everything-0123456789abcdef": (EVERYTHING, None, True),
    "simTokenProject-customer-0123456789abcdef": (CUSTOMER, PROJECT_1, True),
    "simTokenDomain-customer-0123456789abcdef": (CUSTOMER, None, True),
    "simTokenDomain-partner-0123456789abcdef": (PARTNER, None, True),
    "simTokenProject-limited-0123456789abcdef": (LIMITED, PROJECT_1, True),
    "simTokenProject-expired-0123456789abcdef": (EVERYTHING, PROJECT_1, False),
    "simTokenDomain-expired-0123456789abcdef": (EVERYTHING, None, False),
}

# user name: (password, account, state)
USERS = {
    "sim-user": ("sim-Password/1", EVERYTHING, "good"),
    "sim-customer": ("sim-Password/2", CUSTOMER, "good"),
    "sim-partner": ("sim-Password/3", PARTNER, "good"),
    "sim-limited": ("sim-Password/4", LIMITED, "good"),
    "sim-locked": ("sim-Password/5", EVERYTHING, "locked"),
    "sim-mfa": ("sim-Password/6", EVERYTHING, "mfa"),
}


def region_of(project):
    """The region a project lies in; sub-projects are named region_name."""
    return PROJECTS[project].name.partition("_")[0]
