"""Settings of every installation, read from the environment. See docs/deploy.md for the list.

`DACASE_ENV` is `demo` (the default: an invented partnership on this machine), `test` or `production`.
Production refuses to start where a wall would be missing: see dacase/checks.py.
"""

from pathlib import Path

import environ
from celery.schedules import crontab

from dacase.jobs.addresses import cache_url, celery_url
from dacase.logins import three_logins
from dacase.ui import sign_in
from dacase.ui.csp import CONTENT_SECURITY_POLICY  # noqa: F401 - read by django-csp

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DACASE_ENV = env.str("DACASE_ENV", "demo")
PRODUCTION = DACASE_ENV == "production"
# The sign-in page lists the demo's cast only here: never in production, and only to this machine.
DEMO = DACASE_ENV == "demo"
DEBUG = env.bool("DEBUG", False)

INSECURE_KEY = "insecure-demo-key-refused-in-production"
SECRET_KEY = env.str("SECRET_KEY", INSECURE_KEY)
# Signs the context that the database's row security reads; the database holds the same key.
CONTEXT_KEY = env.str("CONTEXT_KEY", INSECURE_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where links in e-mails lead: a worker that sends one has no request to read the address from.
HERE = (
    f"https://{','.join(ALLOWED_HOSTS[:1])}" if PRODUCTION else f"http://127.0.0.1:{env.str('PORT', '8000')}"
)
BASE_URL = env.str("BASE_URL", HERE)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "simple_history",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "dacase.ui",
    "dacase.agencies",
    "dacase.audit",
    "dacase.jobs",
    "dacase.cases",
    "referrals",
    "referrals.casework",
    "marac",
    "refuge",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "dacase.ui.middleware.HeadersMiddleware",
    "dacase.jobs.middleware.HealthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dacase.cases.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "dacase.agencies.middleware.ActingMiddleware",
    "dacase.cases.middleware.ContextMiddleware",
]

ROOT_URLCONF = "dacase.urls"
WSGI_APPLICATION = "dacase.wsgi.application"
FORM_RENDERER = "dacase.ui.renderer.GovukRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dacase.ui.context_processors.furniture",
                "dacase.agencies.context_processors.sign_in",
            ],
        },
    },
]

# default: the web and the workers, bound by row security. owner: migrations and walls, never the web.
# figures: returns, which may count rows and read no name. See docs/permissions.md.
DATABASES = three_logins(env)
DATABASE_ROUTERS = ["dacase.logins.OwnerMigrates"]

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", "") or cache_url(REDIS_URL),
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cases:home"
LOGOUT_REDIRECT_URL = "account_login"

# guardian: no anonymous user row, nothing added to our own user class.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# History rows are written by database triggers (dacase/walls), which bulk and raw writes cannot miss.
SIMPLE_HISTORY_ENABLED = False

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation, sent to that address, is the proof
ACCOUNT_ADAPTER = "dacase.agencies.adapters.AccountAdapter"
ACCOUNT_FORMS = sign_in.ACCOUNT_FORMS
# Per account first: once that is reached, tries no longer count for the address, or one person's
# mistakes would lock the whole office out that shares it.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/10m/key,100/10m/ip", "reset_password": "3/h/key,60/h/ip"}
# How many proxies of ours stand in front; anything else in X-Forwarded-For is the client's own claim.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
PASSWORD_RESET_TIMEOUT = 3_600
MFA_ADAPTER = "dacase.agencies.adapters.MFAAdapter"
MFA_FORMS = sign_in.MFA_FORMS | {
    "authenticate": "dacase.agencies.forms.second_factor.AuthenticateForm",
    "reauthenticate": "dacase.agencies.forms.second_factor.ReauthenticateForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as above: the invitation proved the address
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "DACase"
# A code counts for 30 seconds before and after its own; in the demo for longer, so that somebody who
# plays several of the cast in turn need not wait for the next one.
MFA_TOTP_TOLERANCE = 5 if DEMO else 1
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)
SESSION_ABSOLUTE_HOURS = env.int("SESSION_ABSOLUTE_HOURS", 10)
# The row outlives both limits, so that what was typed on an expired page can be kept for its own user.
SESSION_COOKIE_AGE = 3 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "dacase.ui.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
# Not "no-referrer": with that a browser sends "Origin: null" with a form, and no form would pass its CSRF check.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / ".static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "dacase.ui.staticfiles.ManifestStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", str(BASE_DIR / ".dacase" / "mail"))
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = PRODUCTION
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@example.org")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

CELERY_BROKER_URL = celery_url(REDIS_URL) if REDIS_URL else None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the task time limit, or a long task would be started twice at once.
    "visibility_timeout": 1_200,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "redispatch-unfinished": {
        "task": "dacase.jobs.redispatch_unfinished",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "end-expired-grants": {"task": "dacase.cases.end_expired_grants", "schedule": 60.0},
    "forget-old-drafts": {"task": "dacase.cases.forget_old_drafts", "schedule": crontab(hour=2, minute=10)},
    "escalate-late": {"task": "referrals.escalate_late", "schedule": 60.0},
    # In working hours: a reminder at night lights up a screen beside somebody’s bed.
    "remind-of-tasks": {"task": "casework.remind_of_tasks", "schedule": crontab(minute="*/10", hour="7-18")},
    "check-walls": {"task": "dacase.cases.check_walls", "schedule": crontab(hour=2, minute=30)},
}

# agencies stands below audit and jobs, and reaches them by these names (dacase/agencies/ports.py).
EVENT_RECORDER = "dacase.audit.services.record_event"
MAIL_QUEUE = "dacase.jobs.services.queue_mail"

# The page on which anybody may ask for help (/hello/). Its name stands in browser histories and says nothing
# of the subject; neither do the lines, which are shown on top. The exit leads to a page that everybody opens.
PUBLIC_PATH = "/hello/"
PUBLIC_NAME = env.str("PUBLIC_NAME", "Northmoor Connect" if DEMO else "Connect")
PUBLIC_HELP = env.list(
    "PUBLIC_HELP",
    default=[
        "If you need help this minute, call 999. If you cannot speak on a mobile phone, stay on the line and press 55.",
        "You can call 0808 2000 247 at any time of the day or night. It is free.",
    ],
)
PUBLIC_EXIT_URL = env.str("PUBLIC_EXIT_URL", "https://www.bbc.co.uk/weather")
# Messages that one address on the network may send: a library, a hospital or an office shares one.
PUBLIC_RATE_LIMITS = {"hello": "20/h/ip", "partners": "30/h/ip"}

# What each room adds to the case page and to the home page, in the order shown (dacase/cases/panels.py).
CASE_PANELS = [
    "dacase.cases.case_panels.people",
    "referrals.casework.episode_panels.episodes_of_case",
    "referrals.casework.task_panels.tasks_of_case",
    "referrals.panels.referrals_of_case",
    "referrals.casework.panels.assessments_of_case",
    "referrals.casework.incident_panels.incidents_of_case",
    "referrals.casework.plan_panels.plan_of_case",
    "referrals.casework.panels.newest_notes",
    "referrals.casework.panels.story_of_case",
    "referrals.casework.consent_panels.consents_of_case",
    "marac.panels.hearings_of_case",
    "refuge.panels.placements_of_case",
    "referrals.casework.retention_panels.retention_of_case",
]
# What each room asks before an agency loses a case: functions of case and agency that raise ValidationError
# (dacase/cases/services/grant.py).
BEFORE_ACCESS_ENDS = ["referrals.casework.services.episode.check_no_open_episode"]
# And before anybody closes a case: functions of the case that raise ValidationError
# (dacase/cases/services/closing.py).
BEFORE_CASE_CLOSES = ["referrals.casework.services.episode.check_nobody_supports"]
# And before somebody who was added by mistake is taken out of a case: functions of the party that raise
# ValidationError (dacase/cases/services/taken_out.py).
BEFORE_PARTY_LEAVES = ["referrals.casework.services.party.check_nothing_builds_on"]
# What each room says to whoever bars somebody from a case: functions of case, group and membership that give
# sentences about work which nobody can do any more (dacase/cases/views/access.py).
LEFT_BEHIND = ["referrals.casework.selectors.nobody.left_behind"]
# The parts of a case that other rooms add to its sub-navigation: words, address, verb (dacase/cases/frame.py).
CASE_PARTS = [
    ("Notes", "casework:notes", "view_case"),
    ("Incidents", "casework:incidents", "view_case"),
    ("Story", "casework:story", "view_case"),
    ("Plan", "casework:plan", "view_case"),
    ("Consent", "casework:consents", "view_case"),
    ("Tasks", "casework:tasks", "work_episode"),
    ("Letters", "casework:letters", "write_letter"),
]
# What other rooms know of the places of a case: functions of a case and a membership that give what is written of
# each, so that none gets on to paper (dacase/cases/selectors/location.py).
CASE_PLACES = ["refuge.selectors.unit.places_of_services"]
HOME_PANELS = [
    "referrals.front_door_panels.escalations",
    "referrals.front_door_panels.questions",
    "referrals.front_door_panels.senders",
    "referrals.casework.episode_panels.my_day",
    "referrals.panels.letterbox",
    "referrals.panels.triage_queue",
    "referrals.panels.waiting_routes",
    "referrals.panels.sent_referrals",
    "marac.panels.next_meeting",
    "marac.panels.open_action_points",
    "refuge.panels.tonight",
    "reporting.panels.latest_returns",
    "dacase.cases.case_panels.recent_cases",
    "dacase.cases.case_panels.refused_looks",
]
