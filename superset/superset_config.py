"""Superset's configuration: one machine, one release file, nothing leaves the loopback address.

Belongs here: what Superset itself may do. Does not: databases, datasets, charts, dashboards (assets/) and
roles (access.yml), which are applied through its interface. Read by Superset in its own environment, through
SUPERSET_CONFIG_PATH; it knows nothing of the library, only the home directory.
"""

import os
from pathlib import Path

HOME = Path(os.environ["AVAINVARASTO_HOME"]) / "superset"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'metadata.db'}"
# Made at the first start, readable by its owner only; a missing file is an error, never a default key.
SECRET_KEY = (HOME / "secret.key").read_text(encoding="ascii").strip()
DATA_DIR = str(HOME)
UPLOAD_FOLDER = str(HOME / "uploads") + "/"

APP_NAME = "Avainvarasto"
LANGUAGES: dict[str, dict[str, str]] = {}
D3_FORMAT = {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0€"]}

# Nobody without an account sees anything (the role Public is like no other, so it stays empty), and nobody makes one.
PUBLIC_ROLE_LIKE = None
AUTH_USER_REGISTRATION = False
FAB_ADD_SECURITY_API = True

FEATURE_FLAGS = {
    "ALERT_REPORTS": False,
    "ALLOW_ADHOC_SUBQUERY": False,
    "ALLOW_FULL_CSV_EXPORT": False,
    "CACHE_IMPERSONATION": False,
    "DASHBOARD_RBAC": False,
    "EMBEDDABLE_CHARTS": False,
    "EMBEDDED_SUPERSET": False,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ESCAPE_MARKDOWN_HTML": True,
    "RLS_IN_SQLLAB": True,
    "THUMBNAILS": False,
}

# Tables are small and change at a release: a cache could only show an old release.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# Chosen filters and unsaved charts live in the server's memory only.
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}
EXPLORE_FORM_DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}

WTF_CSRF_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Served over http on 127.0.0.1 only; behind a proxy with TLS these two turn to True.
SESSION_COOKIE_SECURE = False
TALISMAN_ENABLED = True
# Own resources only: no usage pixel, fonts or maps from elsewhere.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
PREVENT_UNSAFE_DB_CONNECTIONS = True
ENABLE_CORS = False
ENABLE_UI_THEME_ADMINISTRATION = False
THEME_DARK = None
FAB_API_SWAGGER_UI = False

SQLLAB_CTAS_NO_LIMIT = False
SQL_MAX_ROW = 50000
ROW_LIMIT = 50000
# A second line: the connection itself already refuses files, settings and other databases.
DISALLOWED_SQL_FUNCTIONS = {
    "duckdb": {
        "read_csv",
        "read_csv_auto",
        "sniff_csv",
        "read_parquet",
        "parquet_scan",
        "parquet_metadata",
        "parquet_schema",
        "parquet_file_metadata",
        "parquet_kv_metadata",
        "read_json",
        "read_json_auto",
        "read_json_objects",
        "read_ndjson",
        "read_ndjson_auto",
        "read_ndjson_objects",
        "read_text",
        "read_blob",
        "read_xlsx",
        "read_duckdb",
        "glob",
        "getenv",
        "current_setting",
        "duckdb_settings",
        "duckdb_secrets",
        "duckdb_databases",
        "sqlite_scan",
        "postgres_scan",
        "mysql_scan",
        "iceberg_scan",
        "delta_scan",
        "query",
        "query_table",
    },
}
