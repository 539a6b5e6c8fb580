"""What can be done to the stream, to the cars on it and to tokens."""

from collections.abc import Collection, Mapping
import json
from pathlib import Path
from typing import Any

from ..car.car import Car
from ..certificates import Credential
from ..cloud.answers import wrong_region
from ..cloud.faults import EVERYTHING
from ..cloud.host import Host
from ..fleet_telemetry.pubsub import PubSub
from ..service.mischief import AnswerMischief
from ..service.words import REFUSALS
from .columns import COLUMNS
from .desk import NAMES
from .listener import HELLO_S, Listener, error
from .office import Member, Office
from .shown import Shown
from .streaming import StreamingServer

FAULTY = {name: (name,) for name in (*NAMES, EVERYTHING)}
STRANGER = "5YJ3E7EB0SF999999"
REASONS = {
    "not_synced": "Fleet telemetry is not synced",
    "no_configuration": "No telemetry configuration available",
    "invalid_token": '{"error":"invalid bearer token"}',
}


class StreamMischief:
    """What goes wrong with the stream, and what is said there that no car has said.

    Of all of them: vin is the car's, by whatever tag clients know it.
    """

    office: Office
    streaming: StreamingServer
    pubsub: PubSub

    def stall_streams(self, new: int = 0) -> None:
        """Let every open socket fall silent, signs of life included, and so many new ones."""
        for listener in self.streaming.listeners:
            listener.stall()
        self.streaming.stalling = new

    def end_streams(self) -> None:
        """End every open socket in good order."""
        self.streaming.end("clean")

    def break_streams(self) -> None:
        """End every open socket in the middle of a message."""
        self.streaming.end("half")

    def reset_streams(self) -> None:
        """End every open socket with a reset."""
        self.streaming.end("reset")

    def kick(self, vin: str) -> None:
        """Close the socket that is told of a car; other cars on it are cut off with it."""
        for tag in self.streaming.tags(vin):
            if (holder := self.streaming.holder(tag)) is not None:
                holder.end()

    def answer_upgrades(self, status: int | None = 503) -> None:
        """Answer whoever wants a socket with a status, with 0 not at all; None gives sockets again."""
        self.streaming.upgrades = status

    def publish(self, *topics: str) -> None:
        """Push records of these topics to the stream, and no others: V, alerts, errors, connectivity."""
        self.pubsub.topics = frozenset(topics)

    async def restart_stream(self) -> None:
        """Start the streaming server anew: sockets drop, refused tokens get another chance."""
        await self.streaming.restart()

    async def stream_down(self) -> None:
        """Let nobody listen to clients of the stream; sockets are dropped."""
        await self.streaming.close()

    async def stream_up(self) -> None:
        """Listen again, at the same address."""
        await self.streaming.open()

    def set_hello(self, seconds: float = HELLO_S) -> None:
        """Give a sign of life on new sockets every so many real seconds."""
        self.streaming.hello_s = seconds

    def write_binary(self, *, on: bool = True) -> None:
        """Write binary frames on new sockets."""
        self.streaming.binary = on

    def take_over(self, vin: str) -> None:
        """Have a second program subscribe to a car: whoever was told of it is told no more, and not why."""
        for tag in self.streaming.tags(vin):
            self.streaming.hold(tag, Listener())

    def enforce_tokens(self, *, on: bool = True) -> None:
        """Refuse bad tokens in the plain form too, as in the raw one."""
        self.streaming.enforces = on

    def refuse_car(self, vin: str, why: str = "not_synced") -> None:
        """Refuse subscriptions to a car, and close the socket: "not_synced", "no_configuration", any text."""
        for tag in self.streaming.tags(vin):
            self.streaming.refusals[tag] = REASONS.get(why, why)

    def take_car(self, vin: str) -> None:
        """Refuse a car no longer."""
        for tag in self.streaming.tags(vin):
            self.streaming.refusals.pop(tag, None)

    def tell_by(self, *kinds: str) -> None:
        """Call cars by their "vin", by their "id" at Tesla (`vehicle_id`), or by both.

        Raises: KeyError for another kind
        """
        if not kinds or not set(kinds) <= {"vin", "id"}:
            raise KeyError(kinds)

        def tags(vin: str) -> tuple[str, ...]:
            named = {"vin": vin, "id": self.vehicle_id(vin)}
            return tuple(named[kind] for kind in kinds if named[kind])

        self.streaming.tags = tags

    def vehicle_id(self, vin: str) -> str:
        """Return a car's number at Tesla, as some clients call it; empty for a stranger."""
        cars = {car.vin: car for car in self.office.cars()}
        return str(cars[vin].row()["vehicle_id"]) if vin in cars else ""

    def disconnect(self, vin: str, times: int = 1) -> None:
        """Say so often that a car's link has dropped."""
        for _ in range(times):
            self._error(vin, "vehicle_disconnected")

    def storm(self, vin: str, *, on: bool = True) -> None:
        """Say at every subscription to a car that its link has dropped, or no longer."""
        tags = set(self.streaming.tags(vin))
        self.streaming.storming = self.streaming.storming | tags if on else self.streaming.storming - tags

    def speak_as_of_old(self, *, on: bool = True) -> None:
        """Speak as Tesla's own server did.

        Refused is with an error about the token, and the socket stays; power is what drives a car, and less
        than nothing while it charges; numbers are whole.
        """
        self.streaming.original = on
        self.streaming.columns.power = self._power if on else None

    async def reorder(self, *, on: bool = True) -> None:
        """Push of every two records of cars the second first."""
        await self.pubsub.reorder(on=on)

    def repeat(self, *, on: bool = True) -> None:
        """Push every record twice."""
        self.pubsub.repeat(on=on)

    def say_offline(self, vin: str) -> None:
        """Say that a car is offline."""
        self._error(vin, "vehicle_error", "Vehicle is offline")

    def say_token_error(self, vin: str) -> None:
        """Say that the token is good no longer."""
        self._error(vin, "client_error", "Can't validate token. ")

    def say_api_error(self, vin: str, text: str = "owner_api error: 408") -> None:
        """Say that the service behind the stream has failed."""
        self._error(vin, "client_error", text)

    def say_frame(self, vin: str, at: float | None = None, **columns: Any) -> None:
        """Say a frame of a car, just as it is given; what is not given is empty.

        at: real time; now without it
        Raises: KeyError for what is no column
        """
        if unknown := set(columns) - set(COLUMNS):
            raise KeyError(unknown)
        moment = self.office.books.clock.now() if at is None else at
        told = [str(columns.get(name, "")) for name in COLUMNS]
        self.say_value(vin, ",".join([str(int(moment * 1000)), *told]))

    def say_value(self, vin: str, value: str) -> None:
        """Say a frame of a car with any text for its columns."""
        for tag in self.streaming.tags(vin):
            self.streaming.tell(tag, {"msg_type": "data:update", "tag": tag, "value": value})

    def say_of_stranger(self, vin: str = STRANGER, value: str = "") -> None:
        """Say a frame of a car that is not a member's, on every socket."""
        now = int(self.office.books.clock.now() * 1000)
        told = value or f"{now},55,12,50,,,1.5,1.5,0,D,100,100,"
        self.say({"msg_type": "data:update", "tag": vin, "value": told})

    def say(self, document: Mapping[str, Any]) -> None:
        """Say any JSON on every socket."""
        self.say_text(json.dumps(document))

    def say_text(self, text: str) -> None:
        """Say any text on every socket, whether it is a message or not."""
        for listener in self.streaming.listeners:
            listener.tell(text)

    def push(self, document: Mapping[str, Any]) -> None:
        """Push any JSON to the streaming server, as Pub/Sub would."""
        self.streaming.push(document)

    def empty(self, *columns: str) -> None:
        """Let these columns come out empty, and no others.

        Raises: KeyError for what is no column
        """
        if unknown := set(columns) - set(COLUMNS):
            raise KeyError(unknown)
        self.streaming.columns.emptied = set(columns)

    def fill(self, **columns: Any) -> None:
        """Let these columns say something else than is known, and no others.

        Raises: KeyError for what is no column
        """
        if unknown := set(columns) - set(COLUMNS):
            raise KeyError(unknown)
        self.streaming.columns.told = {name: str(value) for name, value in columns.items()}

    def look_up_elevation(self, metres: int | None = None) -> None:
        """Have the operator look up how high cars are; None no longer."""
        self.streaming.columns.elevation = metres

    def keep_order(self, *, on: bool = True) -> None:
        """Drop what is older than the last frame, as the service does, or send it all the same."""
        self.streaming.columns.guarded = on

    def _power(self, vin: str) -> float:
        body = {car.vin: car.body for car in self.office.cars()}[vin]
        return -body.battery_kw if body.plugged_in else body.drive_power_kw

    def _error(self, vin: str, kind: str, value: str | None = None) -> None:
        for tag in self.streaming.tags(vin):
            self.streaming.tell(tag, error(tag, kind, value))


class CertificateMischief:
    """What the service shows of who it is; nothing where it speaks plainly."""

    front: Host
    streaming: StreamingServer
    shown: Shown | None
    folder: Path
    ca: Credential | None

    async def show_certificate(self, kind: str = "self_signed", where: str = "stream") -> str:
        """Show a certificate of a kind at the "stream" or the "api"; return its fingerprint.

        kind: "good", "self_signed", "expired", "other_name", "unknown_authority"
        Raises: KeyError
        """
        if where not in {"stream", "api"}:
            raise KeyError(where)
        shown = Shown(kind, self.folder, self.ca)
        if where == "stream":
            await self.streaming.present(shown)
        else:
            self.shown = shown
            await self.front.present(shown.context)
        return shown.fingerprint

    def authority(self, where: str = "stream") -> str | None:
        """Return who vouches for what is shown there, as PEM; None where nothing is shown."""
        shown = self.streaming.shown if where == "stream" else self.shown
        return shown.authority if shown else None


class MemberMischief(AnswerMischief):
    """Tokens, cars' configurations, and what is answered."""

    office: Office
    member: Member
    refusals = REFUSALS
    faulty = FAULTY

    def revoke_tokens(self) -> None:
        """Take every token back, refresh tokens too."""
        self.office.tokens.revoke(self.member)

    def expire_tokens(self) -> None:
        """Let every access token be over; refresh tokens stay good."""
        self.office.tokens.expire(self.member)

    def set_token_lifetime(self, seconds: float = 28_800.0) -> None:
        """Let access tokens issued from now on live so long."""
        self.office.tokens.lifetime = seconds

    def live_elsewhere(self, base: str, homing: Collection[str] = ("body", "header")) -> None:
        """Have Tesla refuse every call because members live in another region, and say where that is.

        homing: where it says so: in the "body", in a "header", or nowhere
        """
        self._fault(EVERYTHING, answer=wrong_region(base, homing))

    def unsync(self, vin: str) -> None:
        """Say that a car has not taken its configuration on."""
        self.office.unsynced.add(vin)

    def sync(self, vin: str) -> None:
        """Say again what is so."""
        self.office.unsynced.discard(vin)

    def stop_streaming(self, vin: str) -> None:
        """Take a car's configuration away."""
        self.office.feed(self.car(vin)).order(None)

    def limit_requests(self, more: int | None = 0) -> None:
        """Have Tesla shut the service out after so many more requests; None lets it in again."""
        asked = len(self.office.books.asked)
        self.office.refuses_at = None if more is None else asked + more

    def revoke_scope(self, *scopes: str) -> None:
        """Take back what Tesla's sign-in granted to the service."""
        self.member.scopes -= set(scopes)

    def restore_scope(self, *scopes: str) -> None:
        """Grant it again."""
        self.member.scopes |= set(scopes)

    def car(self, vin: str) -> Car:
        """Find a member's car.

        Raises: KeyError
        """
        return {car.vin: car for car in self.office.cars()}[vin]
