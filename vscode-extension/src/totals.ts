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
    /** False when calls may be missing: the user stopped the search for them. */
    readonly complete: boolean;
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
        workspace.complete
            ? `${plural(workspace.totals.calls, 'call')} in the workspace: ${sumOf(workspace.totals)}`
            : 'The calls of the workspace were not all looked for: *LensAI: Refresh* does it.',
    ];
    return { text: `LLM ${sumOf(file.totals)}`, tooltip: lines.join('\n') };
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
 * An exact decimal for people, by the rule of the server: cents from ten cents on, below that two digits that count, and not more than four
 * decimal places. What is too small to be shown says that it is not zero.
 */
export function dollars(exact: string): string {
    const value = Number(exact);
    if (!Number.isFinite(value)) {
        return '?';
    }
    if (value === 0) {
        return '$0';
    }
    const places = value >= 0.1 ? 2 : value >= 0.01 ? 3 : 4;
    const shown = value.toFixed(places);
    if (Number(shown) === 0) {
        return '<$0.0001';
    }
    // Cents always have both digits; below them a last zero says nothing.
    const [whole = '', fraction = ''] = shown.split('.');
    return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}

function plural(count: number, noun: string): string {
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names come from the code that is open: they are shown as they are, and nothing in them is Markdown. */
function code(name: string): string {
    return '`' + name.replace(/[`|\r\n]/g, ' ') + '`';
}
