/**
 * The settings of a new index. Vendors choose the keys and types in an entry's details, so a mapping inferred from the first document would refuse later ones.
 * Here every text is a keyword. A malformed address is only left out of the index. The vendor's own parts and the entry's text are stored without being indexed.
 */
export const ELASTIC_INDEX = {
  mappings: {
    date_detection: false,
    numeric_detection: false,
    dynamic_templates: [
      { addresses: { match: 'ip', match_mapping_type: 'string', mapping: { type: 'ip', ignore_malformed: true } } },
      { texts: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
    ],
    properties: {
      '@timestamp': { type: 'date', ignore_malformed: true },
      event: { properties: { original: { type: 'keyword', index: false, doc_values: false } } },
      raw_data: { type: 'keyword', index: false, doc_values: false },
      unmapped: { type: 'object', enabled: false },
    },
  },
};
