"""Who works here holds no case data: these tables have no row security, only rights."""

from dacase.walls.policies import Walls

READ = "SELECT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

WALLS = Walls(
    open_tables={
        "agencies_agency": KEEP,
        "agencies_team": KEEP,
        "agencies_user": KEEP,
        "agencies_user_groups": ALL,
        "agencies_user_user_permissions": READ,
        "agencies_membership": KEEP,
        "agencies_invitation": KEEP,
        "auth_group": KEEP,
        "auth_group_permissions": READ,
        "auth_permission": READ,
        "django_content_type": READ,
        "django_migrations": READ,
        "django_session": ALL,
        "account_emailaddress": ALL,
        "account_emailconfirmation": ALL,
        "mfa_authenticator": ALL,
        "usersessions_usersession": ALL,
        # guardian's generic tables stay empty: our grants are in tables of their own.
        "guardian_groupobjectpermission": READ,
        "guardian_userobjectpermission": READ,
    },
    figures={"agencies_agency": ["id", "kind", "services"]},
)
