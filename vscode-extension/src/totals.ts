/** The custom request `lensai/totals` as the server documents it in `docs/lsp.md`, and how its answer is shown. */

/** Sums over some calls. Money is in US dollars, exact, for each call made once. */
export interface Totals {
    readonly calls: number;
    readonly priced: number;
    readonly unpriced: number;
    /** A decimal string. */
    readonly expectedUsd: string;
}

/** Sums over the calls of one model; those whose model is not known have none. */
export interface OfModel extends Totals {
    readonly model: string | null;
}

/** What is asked for with a `uri` is of that document, without one of all folders. */
export interface TotalsAnswer {
    /** The dearest first. */
    readonly models: readonly OfModel[];
    readonly totals: Totals;
}

/** What the status bar shows of a file: its text, and a tooltip in Markdown. Nothing for a file without calls. */
export function statusOf(file: TotalsAnswer, workspace: TotalsAnswer): { text: string; tooltip: string } | undefined {
    const { calls, unpriced } = file.totals;
    if (calls === 0) {
        return undefined;
    }
    const lines = [
        `**${plural(calls, 'LLM call')} in this file**: ${sumOf(file.totals)} when each is made once`,
        '',
        '| model | calls | cost |',
        '|---|--:|--:|',
        ...file.models.map((of) => `| ${of.model === null ? 'not known' : code(of.model)} | ${of.calls} | ${sumOf(of)} |`),
        '',
        ...(unpriced > 0 ? [`${plural(unpriced, 'call')} without a price: the hover on each says why.`, ''] : []),
        `${plural(workspace.totals.calls, 'call')} in the workspace: ${sumOf(workspace.totals)}`,
    ];
    return { text: sumOf(file.totals), tooltip: lines.join('\n') };
}

/** A sum that lacks something says so. */
function sumOf(part: Totals): string {
    if (part.priced === 0) {
        return '?';
    }
    const sum = `≈ ${dollars(part.expectedUsd)}`;
    return part.unpriced > 0 ? `${sum} + ?` : sum;
}

/**
 * An exact decimal as one reads it: two significant digits below ten cents, cents above. What is too small to
 * be shown says that it is not zero.
 */
export function dollars(exact: string): string {
    const value = Number(exact);
    if (!Number.isFinite(value)) {
        return '?';
    }
    if (value === 0) {
        return '$0';
    }
    if (value < 0.0001) {
        return '<$0.0001';
    }
    const digits = value >= 0.1 ? 2 : Math.min(4, 1 - Math.floor(Math.log10(value)));
    return `$${value.toFixed(digits)}`;
}

function plural(count: number, noun: string): string {
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names come from the code that is open: they are shown as they are, and nothing in them is Markdown. */
function code(name: string): string {
    return '`' + name.replace(/[`|\r\n]/g, ' ') + '`';
}
