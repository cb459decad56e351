import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dollars, type OfModel, statusOf, type Totals } from '../src/totals';

test('money has no more digits than it deserves', () => {
    const shown = {
        '0': '$0',
        '0.0000002': '<$0.0001',
        '0.00012': '$0.0001',
        '0.0036025': '$0.0036',
        '0.01234': '$0.012',
        '0.05': '$0.05',
        '0.0040': '$0.004',
        '0.5': '$0.50',
        '1.27': '$1.27',
        '1234567.891': '$1,234,567.89',
        'no number': '?',
    };
    for (const [exact, expected] of Object.entries(shown)) {
        assert.equal(dollars(exact), expected, exact);
    }
});

const SUM: Totals = { calls: 3, priced: 2, unpriced: 1, expectedUsd: '0.0047' };

function status(totals: Partial<Totals>, models: OfModel[] = [], complete = true) {
    return statusOf({ totals: { ...SUM, ...totals }, models, complete: true }, { totals: { ...SUM, calls: 29 }, models: [], complete });
}

test('a file without calls shows nothing', () => {
    assert.equal(status({ calls: 0, priced: 0, unpriced: 0, expectedUsd: '0' }), undefined);
});

test('a sum that lacks a price says so, and is never zero', () => {
    assert.equal(status({})?.text, 'LLM ≈ $0.0047 + ?');
    assert.equal(status({ unpriced: 0 })?.text, 'LLM ≈ $0.0047');
    assert.equal(status({ priced: 0, unpriced: 3, expectedUsd: '0' })?.text, 'LLM ?');
});

test('the tooltip lists the models, and their names are no Markdown', () => {
    const priced = { ...SUM, unpriced: 0 };
    const tooltip = status({}, [{ ...priced, model: 'gpt`](x)|y' }, { ...priced, priced: 0, model: null }])?.tooltip ?? '';
    assert.match(tooltip, /\*\*3 LLM calls in this file\*\*/);
    assert.match(tooltip, /1 call without a price/);
    assert.match(tooltip, /\| `gpt \]\(x\) y` \| 3 \| ≈ \$0\.0047 \|/);
    assert.match(tooltip, /\| not known \| 3 \| \? \|/);
    assert.match(tooltip, /29 calls in the workspace/);
});

test('sums that are not whole are not shown as such', () => {
    const tooltip = status({}, [], false)?.tooltip ?? '';
    assert.match(tooltip, /not all looked for/);
    assert.doesNotMatch(tooltip, /29 calls/);
});
