/** The lines around the data in a report. No other line of a report can equal them, because everything else is escaped or base64. */
export const BEGIN_EVENTS = 'BEGIN EVENTS';
export const END_EVENTS = 'END EVENTS';
export const BEGIN_ROWS = 'BEGIN ROWS';
export const END_ROWS = 'END ROWS';

/** Before and after the text of the record, which ends the file. */
export const BEFORE_RECORD = '<script type="application/json" id="record">\n';
export const AFTER_RECORD = '\n</script>\n</body>\n</html>\n';
