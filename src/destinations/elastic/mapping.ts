/**
 * The index as we make it where there is none. Vendors name the keys of an entry's details and choose their types, so a mapping that learns from the first document would refuse
 * later ones: here every text is a keyword whatever it looks like, what is no address in a field for addresses is left out of the index alone, and the vendor's own parts and the
 * entry's own text are kept in the document without being indexed.
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
