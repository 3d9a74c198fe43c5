"""Bring Superset's metadata up to date and give the administrator a new password.

Runs inside Superset's own environment; the password comes by standard input, so that no list of processes shows it.
"""

import sys

from flask_migrate import upgrade
from superset.app import create_app


def main() -> None:
    """Migrate, write the built-in roles, make or renew the account `admin`."""
    password = sys.stdin.readline().strip()
    if len(password) < 16:
        sys.exit("no password of at least 16 characters came by standard input")
    app = create_app()
    with app.app_context():
        upgrade()
        # What `superset init` does: every permission of the views, and the built-in roles.
        app.appbuilder.add_permissions(update_perms=True)
        security = app.appbuilder.sm
        security.sync_role_definitions()
        admin = security.find_user(username="admin")
        if admin is None:
            role = security.find_role("Admin")
            if not security.add_user("admin", "Avainvarasto", "Ylläpito", "admin@localhost", role, password=password):
                sys.exit("the administrator could not be made")
        else:
            security.reset_password(admin.id, password)


if __name__ == "__main__":
    main()
