"""`python3 aws.py <port> <folder>`: serves Athena, the Data API of Redshift, Glue and S3 of moto on 127.0.0.1.

Each call of the first two is checked against the description of the service that AWS publishes (as botocore has it), refused
where it differs, and noted in `calls.jsonl`. How a statement ends is said by `outcome.json`; without it, it succeeds: moto
runs no SQL, and ends no statement of Redshift by itself.
"""

import io
import json
import sys
from datetime import datetime
from pathlib import Path

import botocore.session
from botocore.validate import ParamValidator
from moto.athena.responses import AthenaResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.redshiftdata.models import redshiftdata_backends
from moto.redshiftdata.responses import RedshiftDataAPIServiceResponse
from werkzeug.serving import run_simple

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
SESSION = botocore.session.get_session()
SERVICES = {
    "AmazonAthena": SESSION.get_service_model("athena"),
    "RedshiftData": SESSION.get_service_model("redshift-data"),
}


def outcome_of(sql):
    """How a statement stands: `state` and `reason`, or None."""
    path = FOLDER / "outcome.json"
    outcome = json.loads(path.read_text()) if path.exists() else {}
    return outcome if outcome.get("match", "\0") in sql else None


athena_execution = AthenaResponse.get_query_execution


def get_query_execution(self):
    answer = json.loads(athena_execution(self))
    execution = answer["QueryExecution"]
    outcome = outcome_of(execution["Query"])
    if outcome and execution["Status"]["State"] != "CANCELLED":
        execution["Status"] |= {"State": outcome["state"], "StateChangeReason": outcome.get("reason", "")}
    return json.dumps(answer)


AthenaResponse.get_query_execution = get_query_execution


def with_numbers(answered):
    """Times as the protocol has them, in place of moto's texts; no nulls."""
    status, headers, body = answered
    answer = {key: value for key, value in json.loads(body).items() if value is not None}
    for key in ("CreatedAt", "UpdatedAt"):
        if isinstance(answer.get(key), str):
            answer[key] = datetime.fromisoformat(answer[key].replace("Z", "+00:00")).timestamp()
    return status, headers, json.dumps(answer)


redshift_execute = RedshiftDataAPIServiceResponse.execute_statement
redshift_describe = RedshiftDataAPIServiceResponse.describe_statement


def describe_statement(self):
    statements = redshiftdata_backends[self.current_account][self.region].statements
    statement = statements.get(self._get_param("Id"))
    if statement is None or statement.status != "STARTED":
        return with_numbers(redshift_describe(self))
    outcome = outcome_of(statement.query_string) or {"state": "FINISHED"}
    statement.status = outcome["state"]
    status, headers, body = with_numbers(redshift_describe(self))
    reason = {"Error": outcome["reason"]} if "reason" in outcome else {}
    return status, headers, json.dumps(json.loads(body) | reason)


def batch_execute_statement(self):
    """Moto has none: it is noted as one statement, which the service runs in one transaction."""
    given = ["ClusterIdentifier", "Database", "DbUser", "SecretArn"]
    cluster, database, user, secret = [self._get_param(name) for name in given]
    statement = redshiftdata_backends[self.current_account][self.region].execute_statement(
        cluster, database, user, None, secret, ";\n".join(self._get_param("Sqls"))
    )
    return 200, {}, json.dumps({"Id": statement.id})


RedshiftDataAPIServiceResponse.batch_execute_statement = batch_execute_statement
RedshiftDataAPIServiceResponse.execute_statement = lambda self: with_numbers(redshift_execute(self))
RedshiftDataAPIServiceResponse.describe_statement = describe_statement

moto = DomainDispatcherApplication(create_backend_app)


def application(environ, start_response):
    service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    if service not in SERVICES:
        return moto(environ, start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    given = json.loads(body)
    shape = SERVICES[service].operation_model(operation).input_shape
    report = ParamValidator().validate(given, shape)
    fault = report.generate_report() if report.has_errors() else None
    with open(FOLDER / "calls.jsonl", "a") as calls:
        calls.write(json.dumps({"operation": operation, "input": given, "fault": fault}) + "\n")
    if fault is not None:
        return refuse(start_response, "ValidationException", fault)
    if (FOLDER / "refuses").exists():
        return refuse(start_response, "AccessDeniedException", f"not authorized to perform {operation}")
    return moto(environ, start_response)


def refuse(start_response, kind, said):
    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": kind, "message": said}).encode()]


run_simple("127.0.0.1", PORT, application, threaded=True)
