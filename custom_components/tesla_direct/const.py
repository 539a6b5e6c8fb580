"""Names that several rooms of the shell share."""

import logging

from homeassistant.const import Platform

DOMAIN = "tesla_direct"
LOGGER = logging.getLogger(__package__)
PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.DEVICE_TRACKER,
    Platform.EVENT,
    Platform.LOCK,
    Platform.MEDIA_PLAYER,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
    Platform.TIME,
    Platform.UPDATE,
)

# What a config entry holds beside `auth_implementation`.
CONF_PROVIDER = "provider"  # the row of hosts, see tesla/fleet_api/provider.py
CONF_REGION = "region"
CONF_CLIENT_ID = "client_id"
CONF_SCOPES = "scopes"  # what the user granted
CONF_VEHICLES = "vehicles"  # VIN to name
CONF_LEFT_OUT = "left_out"  # the VINs that the user was offered and did not pick
CONF_RECEIVER = "receiver"  # the port we listen on, or one of:
RECEIVER_LATER = "later"
RECEIVER_NEVER = "never"
CONF_UNFINISHED = "unfinished"  # the parts of the tour that are still to be done
CONF_SIGNED_IN_AT = "signed_in_at"  # seconds since 1970; changes with each sign-in, so that the entry reloads
CONF_PROXY = "proxy"  # what signs commands instead of us: its address, how it is verified, its domain
CONF_OAUTH_CLIENT = "oauth_client"  # what a service calls this installation, where its sign-in has told it

# Subentries: further sources of the cars of an entry, which are not asked for anything.
SUBENTRY_MQTT = "mqtt"
CONF_FORM = "form"  # how a broker's messages are written, one of tesla/source/mqtt.py's forms
CONF_TOPIC = "topic"  # the topic above the cars, or the filter of the topics with records
SUBENTRY_TESLEMETRY = "teslemetry"
SUBENTRY_LEGACY_STREAM = "legacy_stream"
CONF_TAGS = "tags"  # the cars that a stream is asked for: VIN to what it calls each; all others it is not
CONF_RAW = "raw"  # whether a stream is asked for all that cars tell, and not for TeslaMate's columns only
SUBENTRY_TESLAMATE = "teslamate"
CONF_NAMESPACE = "namespace"  # TeslaMate's MQTT_NAMESPACE; empty where it has none
CONF_CARS = "cars"  # TeslaMate's number of a car, as text, to its VIN
CONF_ACCOUNT = "account"  # whose stream it is, as the service numbers its users; names its token

# What its options hold.
CONF_POLL_INTERVAL = "poll_interval"  # seconds; 0 fetches only rarely
CONF_DANGEROUS = "dangerous"  # which of these the user has switched on:
DANGEROUS = ("unlock", "remote_start", "front_trunk", "pins", "raw_command")
CONF_WAKE = "wake"  # for whose commands a sleeping car is woken, one of:
WAKE_ALWAYS = "always"
WAKE_USER = "user"  # for what a person asked for, not for automations
WAKE_NEVER = "never"
CONF_AMPS_FLOOR = "amps_floor"  # seconds between two commands that set the charge current
AMPS_FLOOR = 60  # unless the user says otherwise
CONF_SERVE = "serve"  # where TeslaMate is served: {"host", "port"}; missing where it is not
CONF_TELEMETRY = "telemetry"  # which fields cars are to stream, and how often: a Selection

# A field of dialogues: where the public key is hosted; kept beside the key, for the application.
CONF_KEY_DOMAIN = "key_domain"
# Another: whether to be asked at the sign-in for where the cars are.
CONF_LOCATION = "location"

DEVELOPER_PORTAL = "https://developer.tesla.com"
DEVELOPER_PORTAL_CHINA = "https://developer.tesla.cn"
TESLEMETRY_SITE = "https://teslemetry.com"
TESLEMETRY_CONSOLE = f"{TESLEMETRY_SITE}/console"
MYTESLAMATE_SITE = "https://www.myteslamate.com"
# What addresses look like.
EXAMPLE_API = "https://api.example.com"
EXAMPLE_STREAM = "wss://streaming.example.com"
DOCUMENTATION = "https://github.com/tesla-direct/tesla-direct"
