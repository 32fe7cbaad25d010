// The gateway with the telemetry's probe, put together from the compiled files: in the one file that ships, there is nothing to
// change a module of.

import '../telemetryProbe.mjs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../dist/main.js', import.meta.url));
const { configFrom } = require('./config.js');
const { startGateway } = require('./server.js');

await startGateway(configFrom(process.env));
