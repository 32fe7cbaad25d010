-- One request after another for wrk, and its counts as one line of JSON.
--   BENCH_QUERY      the document, as a JSON string
--   BENCH_BODY       the body, with "<query>" and "<variables>" in their places
--   BENCH_HEADERS    the headers, a line each
--   BENCH_VARIABLES  the variables, as JSON; without them each confirm is for another device
--   BENCH_PADDING    if set, no document is ever sent twice; so many more bytes each

local query = os.getenv("BENCH_QUERY")
local body = os.getenv("BENCH_BODY")
local variables = os.getenv("BENCH_VARIABLES")
local padding = os.getenv("BENCH_PADDING")
-- More than can be in flight: two confirms of one device at a time may be answered by one call.
local DEVICES = 8192
-- Requests come from many users, each of whom has a share of what the gateway does at once.
local USERS = 256
local texts = {}
local sent = 0

local function body_for(document, i)
  local given = variables or string.format('{"productId":"PR1234567890","deviceName":"device-%05d"}', i % DEVICES)
  return (body:gsub('"<(%a+)>"', { query = document, variables = given }))
end

local function headers_for(i)
  local headers = {}
  for name, value in os.getenv("BENCH_HEADERS"):gmatch("([^:\n]+): ([^\n]+)") do headers[name] = value end
  headers["authorization"] = string.format("Bearer bench-token-0123456789abcdef0123456789abcdef%03d", i % USERS)
  return headers
end

function init()
  wrk.method = "POST"
  for i = 1, DEVICES do texts[i] = wrk.format(nil, nil, headers_for(i), body_for(query, i)) end
  if padding then padding = "#" .. string.rep("p", tonumber(padding)) .. "\\n" end
end

function request()
  sent = sent + 1
  if not padding then return texts[sent % DEVICES + 1] end
  local name = string.format("Confirm_%d_%d", os.time(), sent)
  return wrk.format(nil, nil, headers_for(sent), body_for((query:gsub("Confirm", name, 1):gsub('^"', '"' .. padding)), sent))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"us":%d,"p50Us":%d,"p99Us":%d,"failed":%d}\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
