"""Messages hold identifiers only and are read by the relay, which acts for nobody; jobs are an agency's."""

from dacase.jobs.models import Job
from dacase.walls.policies import Walls, own_agency

WALLS = Walls(walled=[own_agency(Job)], open_tables={"jobs_outboxmessage": "SELECT, INSERT, UPDATE"})
