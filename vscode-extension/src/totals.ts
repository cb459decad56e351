/** The custom request `lensai/totals` as the server documents it in `docs/lsp.md`, and how its answer is shown. */

/** Sums over some calls. Money is in US dollars, exact, for each call made once. */
export interface Totals {
    readonly calls: number;
    readonly priced: number;
    readonly unpriced: number;
    /** A decimal string. */
    readonly expectedUsd: string;
}

/** Sums over the calls of one model. */
export interface OfModel extends Totals {
    readonly model: string;
}

/** Sums over the calls of one file. */
export interface OfFile extends Totals {
    readonly models: readonly OfModel[];
}

export interface TotalsAnswer {
    /** The file that was asked for, if it is known. */
    readonly file: OfFile | null;
    /** All files of the workspace that were looked at so far. */
    readonly totals: Totals;
}

/** What the status bar shows: its text, and a tooltip in Markdown. Nothing for a file without calls. */
export function statusOf({ file, totals }: TotalsAnswer): { text: string; tooltip: string } | undefined {
    if (file === null || file.calls === 0) {
        return undefined;
    }
    const lines = [
        `**${plural(file.calls, 'LLM call')} in this file**: ${sumOf(file)} when each is made once`,
        '',
        ...(file.models.length === 0 ? [] : ['| model | calls | cost |', '|---|--:|--:|']),
        ...file.models.map((part) => `| ${code(part.model)} | ${part.calls} | ${sumOf(part)} |`),
        '',
        ...(file.unpriced > 0 ? [`${plural(file.unpriced, 'call')} without a price: the hover on each says why.`, ''] : []),
        `${plural(totals.calls, 'call')} in the workspace: ${sumOf(totals)}`,
    ];
    return { text: sumOf(file), tooltip: lines.join('\n') };
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
