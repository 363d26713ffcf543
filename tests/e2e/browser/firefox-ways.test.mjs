// SPDX-License-Identifier: Apache-2.0
// The rows of the acceptance table about the ways to call, in Firefox ESR, by the same code as in
// Chromium (ways.test.mjs).
import { accounts } from './rows/accounts.mjs';
import { connectors } from './rows/connectors.mjs';
import { groups } from './rows/groups.mjs';
import { phones } from './rows/phones.mjs';
import { runWays } from './rows/ways-world.mjs';

runWays('firefox', connectors, accounts, groups, phones);
