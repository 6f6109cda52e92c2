"""Serves moto's DynamoDB and S3 on a free port of the loopback interface, which it writes into the file of argument 1.

It serves one request at a time: moto does not isolate concurrent writes from each other, as DynamoDB does, so that the
number of its differences would vary from run to run.
"""

import logging
import pathlib
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
part = pathlib.Path(sys.argv[1] + ".part")
part.write_text(f"http://127.0.0.1:{server.port}")
part.rename(sys.argv[1])
server.serve_forever()
