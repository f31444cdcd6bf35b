"""`python3 aws.py <port> <folder>`: serves moto's Athena, Redshift Data API, Glue and S3 on 127.0.0.1.

Each call of the first two is validated with AWS's API description of the service, which botocore contains, refused if it is invalid,
and noted in `calls.jsonl`. `outcome.json` defines the result of statements; without it, they succeed. Moto itself runs no SQL and
completes no statement of Redshift.
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
    """The defined result of a statement, with `state` and `reason`, or None."""
    path = FOLDER / "outcome.json"
    outcome = json.loads(path.read_text()) if path.exists() else {}
    return outcome if outcome.get("match", "\0") in sql else None


athena_execution = AthenaResponse.get_query_execution


def get_query_execution(self):
    content = json.loads(athena_execution(self))
    execution = content["QueryExecution"]
    outcome = outcome_of(execution["Query"])
    if outcome and execution["Status"]["State"] != "CANCELLED":
        execution["Status"] |= {"State": outcome["state"], "StateChangeReason": outcome.get("reason", "")}
    return json.dumps(content)


AthenaResponse.get_query_execution = get_query_execution


def with_numbers(response):
    """Converts moto's times from text to numbers, as the protocol requires, and removes nulls."""
    status, headers, body = response
    content = {key: value for key, value in json.loads(body).items() if value is not None}
    for key in ("CreatedAt", "UpdatedAt"):
        if isinstance(content.get(key), str):
            content[key] = datetime.fromisoformat(content[key].replace("Z", "+00:00")).timestamp()
    return status, headers, json.dumps(content)


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
    """Moto lacks this operation. AWS runs the statements in one transaction, so they are executed as one statement."""
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


def refuse(start_response, kind, message):
    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": kind, "message": message}).encode()]


run_simple("127.0.0.1", PORT, application, threaded=True)
