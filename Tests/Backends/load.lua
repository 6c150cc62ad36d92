-- For wrk: sends the bodies in turn, and writes every answer to a file.
-- Arguments: a directory for the answers, then the bodies to send.

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  answers = assert(io.open(arguments[1] .. "/answers-" .. number, "w"))
  answers:setvbuf("line")
  requests = {}
  for index = 2, #arguments do
    requests[#requests + 1] = wrk.format("POST", "/session-token", nil, arguments[index])
  end
  turn = 0
end

function request()
  turn = turn + 1
  return requests[turn % #requests + 1]
end

function response(status, headers, body)
  answers:write(status, " ", body, "\n")
end
