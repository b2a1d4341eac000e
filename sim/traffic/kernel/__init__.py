"""The compiled twin of the reference: the same answers to the bit, on arrays.

plane      the face in Python         loop       events one after the other
deeds      what control does          records    the arrays (call_, core_), words as numbers
calendar   which event is next        storage    arrays made and grown
draws      keyed draws                arrivals   when users mean to send
demand     how much work there is     sending    the way of every attempt
balancers  who is chosen              answering  what an answer sets off
station    workers and queue          ending     answer or patience, what is first
pod        listener, drain, end       memory     base, leak and the limit
harm       requests that leak or kill
cores      who computes on a node     meter      a quota, or a crowd
service    phases of one that calls   dependency what the workers call
outage     a dependency goes down     depending  dependencies as control has them
clearing   a process ends             room       made where there is too little
probing    probes known beforehand    asking     probes that are requests
judgement  what results add up to     tally      how it all ended
reading    counters, users, log       counting   sparse counts
filling    words into records         compiled   how functions are compiled
fields     reading and writing records  parts      code that is only linked
cache      where machine code is kept  doors      machine code entered
warm_up   everything compiled at once
probes     probes as control has them
lists      who knows of which pods           publishing a new list, for whom
hedging    a second try beside the first      turn       which attempt it is
classes    what kind of request it is         class_records  their records
way        where proxies do more             connections kept open, in stacks
guard      limits, outliers, budgets         ring       whose pod a user is
proxying   arrays and rules for these        room       what the kernel lacked
proxy_records  their records                 versions   rows as control has them
"""
