"""The verbs that can be called from outside: one table, the same functions as in Python."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import getdoc, signature
from typing import Any

from .car.car import Car
from .cloud.cloud import Cloud
from .fleet_telemetry.mischief import Broadcast
from .proxy.server import Proxy
from .teslamate.logger import TeslaMate
from .teslemetry.service import Teslemetry
from .world import World

type Verb = Callable[..., Any]


def table(*verbs: Verb) -> Mapping[str, Verb]:
    """Put functions under their own names."""
    return {verb.__name__: verb for verb in verbs}


CAR = table(
    Car.allow,
    Car.answer_fault,
    Car.answer_pings,
    Car.be_busy,
    Car.be_flaky,
    Car.behave,
    Car.change,
    Car.charge,
    Car.check_itself,
    Car.climate,
    Car.close_door,
    Car.complain,
    Car.cut_power,
    Car.date_ahead,
    Car.demand_encryption,
    Car.demand_signing,
    Car.disable_key,
    Car.drive,
    Car.encrypt_answers,
    Car.end_alert,
    Car.fill_applications,
    Car.fill_keychain,
    Car.forget_key,
    Car.get_in,
    Car.hardlock,
    Car.ignore_configuration,
    Car.ignore_wakes,
    Car.install_update,
    Car.jump_domain_clock,
    Car.lock,
    Car.lose_signal,
    Car.need_low_amps_twice,
    Car.offer_update,
    Car.open_door,
    Car.overflow,
    Car.overlap_sockets,
    Car.pair_key,
    Car.park,
    Car.plug_in,
    Car.push,
    Car.raise_alert,
    Car.reboot_infotainment,
    Car.reboot_security,
    Car.reconnect,
    Car.refuse,
    Car.regain_signal,
    Car.replace_computer,
    Car.report_telemetry_error,
    Car.restore_power,
    Car.revise_charge,
    Car.send_nothing,
    Car.sentry,
    Car.set_streaming_toggle,
    Car.settle_after_wake,
    Car.skew_clock,
    Car.sleep,
    Car.slow_sync,
    Car.slow_wake,
    Car.stop_charging,
    Car.stop_streaming,
    Car.stop_streaming_to,
    Car.stream,
    Car.stream_to,
    Car.unlock,
    Car.unplug,
    Car.update_firmware,
    Car.use_window,
    Car.wake,
    Car.wake_now,
)
CLOUD = table(
    Cloud.accept,
    Cloud.approve,
    Cloud.ask_by_hand,
    Cloud.busy_registering,
    Cloud.decline,
    Cloud.delay,
    Cloud.deliver_late,
    Cloud.deliver_twice,
    Cloud.down,
    Cloud.drop,
    Cloud.expire_login,
    Cloud.fetched,
    Cloud.follow_pairing_link,
    Cloud.hang,
    Cloud.host_domain,
    Cloud.lift_limits,
    Cloud.limit_rate,
    Cloud.lose_answer,
    Cloud.make_application_new,
    Cloud.move_account,
    Cloud.move_region,
    Cloud.occupy_domain,
    Cloud.occupy_key,
    Cloud.refuse,
    Cloud.register,
    Cloud.register_key,
    Cloud.register_once,
    Cloud.registered,
    Cloud.restore_scope,
    Cloud.revoke_scope,
    Cloud.serve_at,
    Cloud.set_billing_limit,
    Cloud.set_origins,
    Cloud.set_page_size,
    Cloud.set_token_lifetime,
    Cloud.slow_pairing,
    Cloud.spoil,
    Cloud.straighten,
    Cloud.take_away,
    Cloud.tamper,
    Cloud.tell_region,
    Cloud.unregister,
    Cloud.up,
)
TESLEMETRY = table(
    Teslemetry.accept,
    Teslemetry.add_site,
    Teslemetry.approve,
    Teslemetry.ask_by_hand,
    Teslemetry.break_streams,
    Teslemetry.counted,
    Teslemetry.decline,
    Teslemetry.delay,
    Teslemetry.down,
    Teslemetry.drop,
    Teslemetry.drop_subscription,
    Teslemetry.end_streams,
    Teslemetry.expire_tokens,
    Teslemetry.hang,
    Teslemetry.have_tesla_answer,
    Teslemetry.lift_limits,
    Teslemetry.name_cars_in_credits,
    Teslemetry.paid,
    Teslemetry.pair,
    Teslemetry.paste_token,
    Teslemetry.quote_numbers,
    Teslemetry.refuse,
    Teslemetry.reset_streams,
    Teslemetry.restore_scope,
    Teslemetry.revoke_scope,
    Teslemetry.revoke_tokens,
    Teslemetry.say,
    Teslemetry.say_event,
    Teslemetry.say_of_site,
    Teslemetry.say_of_stranger,
    Teslemetry.say_text,
    Teslemetry.set_credits,
    Teslemetry.set_issue,
    Teslemetry.set_keep_alive,
    Teslemetry.set_token_lifetime,
    Teslemetry.shift_times,
    Teslemetry.sign_in_as,
    Teslemetry.spoil,
    Teslemetry.stall_streams,
    Teslemetry.storm,
    Teslemetry.stream,
    Teslemetry.strangers_token,
    Teslemetry.subscribe,
    Teslemetry.unlearn,
    Teslemetry.up,
    Teslemetry.write,
    Teslemetry.write_plainly,
)
MQTT = table(
    Broadcast.babble,
    Broadcast.crowd,
    Broadcast.forge,
    Broadcast.leave,
    Broadcast.lose_broker,
    Broadcast.misspell,
    Broadcast.reorder,
    Broadcast.repeat,
    Broadcast.say,
    Broadcast.shout,
    Broadcast.tell,
)
PROXY = table(
    Proxy.answer_fault,
    Proxy.be_older,
    Proxy.change_certificate,
    Proxy.change_key,
    Proxy.close,
    Proxy.hold,
    Proxy.open,
    Proxy.restart,
    Proxy.set_timeout,
    Proxy.stall,
)
TESLAMATE = table(
    TeslaMate.discover,
    TeslaMate.fail,
    TeslaMate.forget,
    TeslaMate.look,
    TeslaMate.recover,
    TeslaMate.restart,
    TeslaMate.say,
    TeslaMate.stop,
    TeslaMate.suspend,
)
WORLD = table(World.advance, World.certify, World.publish, World.settled)


async def call(verb: Verb, who: object, arguments: Mapping[str, Any]) -> Any:
    """Call a verb with arguments by name; the key "args" holds those without one.

    Raises: TypeError, KeyError or ValueError where the arguments do not fit
    """
    named = dict(arguments)
    result = verb(who, *named.pop("args", ()), **named)
    return await result if isinstance(result, Awaitable) else result


def described(verbs: Mapping[str, Verb]) -> dict[str, dict[str, str]]:
    """Say what each verb takes and does."""
    return {name: {"takes": str(signature(verb)), "does": getdoc(verb) or ""} for name, verb in verbs.items()}
