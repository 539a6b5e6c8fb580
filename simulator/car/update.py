"""Software updates: offered, installed in silence, done."""

from .body import Body


def step(body: Body, dt: float) -> None:
    """Let `dt` seconds of an installation pass."""
    if not installing(body):
        return
    body.update_install_percent += 100.0 * dt / (body.update_minutes * 60.0)
    if body.update_install_percent >= 100.0 and body.update_version is not None:
        body.firmware, body.update_version = body.update_version, None
        body.update_status = ""
        body.update_download_percent = 0
        body.update_install_percent = 1.0  # what a car shows while nothing is installed


def installing(body: Body) -> bool:
    """Tell whether an installation runs; the car is silent as long."""
    return body.update_status == "installing"
