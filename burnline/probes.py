"""/livez and /readyz: real routes, since Streamlit answers any unknown path with 200."""

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config.secrets import redact
from store.engine import Store, execute


def probe_routes(store: Store) -> list[Route]:
    """`/livez`: the process serves. `/readyz`: the store answers, else 503 with the reason."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        try:
            await anyio.to_thread.run_sync(_ask, store)
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not ready"
            return PlainTextResponse(redact(str(error)), status_code=503)
        return PlainTextResponse("ok")

    return [Route("/livez", livez), Route("/readyz", readyz)]


def _ask(store: Store) -> None:
    with store.read() as connection:
        execute(connection, "select 1").scalar_one()
