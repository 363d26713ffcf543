// SPDX-License-Identifier: Apache-2.0
// The rows of the acceptance table about calling, in Chromium.
import { button } from './rows/button.mjs';
import { controls } from './rows/controls.mjs';
import { endings } from './rows/endings.mjs';
import { placing } from './rows/placing.mjs';
import { receiving } from './rows/receiving.mjs';
import { runRows } from './rows/world.mjs';

runRows('chromium', button, placing, controls, receiving, endings);
