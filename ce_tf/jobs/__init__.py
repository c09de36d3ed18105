"""Many pieces of work: on all cores of this machine, or on Apache Beam."""

# The value of --runner that is no runner of Beam's.
LOCAL = "local"
