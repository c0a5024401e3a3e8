"""Who may come in: accounts, sign-in, grants, the API's doors."""

from typing import Any

from .env import env, secret

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Sign-in; accounts are made by an organisation's administrator, never by whoever comes along.
ACCOUNT_ADAPTER = "signin.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"add_email": "signin.forms.NoOtherAddress"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Servers inside the house that an organisation may name as its own sign-in, as host:port; all others must be public ones.
SIGNIN_ALLOW = env.list("SIGNIN_ALLOW", default=[])
ACCOUNT_RATE_LIMITS = {
    "organisation_sign_in": "20/m/ip",
    "organisation_sign_out": "120/m/ip",
    "session_extend": "30/m/user",
}
# So long before a session runs out its pages say so (WCAG 2.2.1).
SESSION_WARNING_SECONDS = 600
# The second factor: an authenticator app or a passkey; a passkey alone also signs in. Recovery codes are shown once.
MFA_ADAPTER = "signin.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "signin.forms.CodeForm",
    "reauthenticate": "signin.forms.CodeAgainForm",
    "activate_totp": "signin.forms.AppForm",
    "add_webauthn": "signin.forms.PasskeyForm",
    "edit_webauthn": "signin.forms.PasskeyNameForm",
}
MFA_TOTP_ISSUER = "Norms Platform"
# A clock half a minute off is forgiven.
MFA_TOTP_TOLERANCE = 1
# Limits on guessing count a client by its address: behind our proxy that is what the proxy says.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", default=False) else 0
CSRF_FAILURE_VIEW = "signin.ui.kept.stale_form"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "incident-list"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="norms@localhost")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_TIMEOUT = 20

# A key for programs ends after so many days at the latest.
API_TOKEN_MAX_DAYS = env.int("API_TOKEN_MAX_DAYS", default=365)

# What one guess at the passphrase of a sealing key costs: scrypt with N = 2^17, r = 8, p = 1 takes 128 MB (RFC 7914, OWASP).
SEALING_SCRYPT_LOG_N = env.int("SEALING_SCRYPT_LOG_N", default=17)

# No anonymous grants: whoever is not signed in reads the public releases and nothing else.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organisations.api.authentication.TokenAuthentication",
        "organisations.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.NewestFirst",
    "PAGE_SIZE": 25,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Norms Platform",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Enumerations that share a field's name, each by a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "ServiceStateEnum": "remediation.states.ServiceState",
        "DutyCallStateEnum": "notifications.models.DutyCall.State",
        "DeliveryStateEnum": "notifications.models.Delivery.State",
        "DeadlineActEnum": "incidents.models.DeadlineChange.Act",
        "DeadlineMoveEnum": ["pause", "resume", "extend"],
        "JobStateEnum": ["queued", "running", "done", "failed"],
        "OrganisationKindEnum": "organisations.models.Organisation.Kind",
        "RecommendationKindEnum": ["strategic", "tactical"],
        "MemberRoleEnum": "organisations.roles.Role",
        "ConnectionKindEnum": "signin.models.Connection.Kind",
        "ServiceRoleEnum": "organisations.roles.SERVICE_ROLE_CHOICES",
        "DataRequestKindEnum": "keeping.models.DataRequest.Kind",
        "OwnRequestKindEnum": ["access", "erasure"],
        "LinkKindEnum": "incidents.models.IncidentLink.Kind",
    },
}

# A duty contact has this long to acknowledge before the next on the rota is asked (ESC-8); the pages say so.
DUTY_PASS_MINUTES = env.int("DUTY_PASS_MINUTES", default=15)
# Servers a webhook may go to although they are private or without https, as host:port; best none.
WEBHOOK_ALLOW = env.list("WEBHOOK_ALLOW", default=[])
