import { test } from 'vitest';
import { archive } from './archive/subject.js';
import { clickhouse } from './clickhouse/subject.js';
import { expectComplete, runContract } from './contract.js';
import { elastic, opensearch } from './elastic/subject.js';
import { bucket, lake } from './s3/subject.js';
import { acknowledgingSplunk, splunk } from './splunk/subject.js';
import { stdout } from './stdout.js';
import { syslog } from './syslog/subject.js';

runContract(archive);
runContract(stdout);
runContract(bucket);
runContract(lake);
runContract(clickhouse);
runContract(splunk);
runContract(acknowledgingSplunk);
runContract(opensearch);
runContract(elastic);
runContract(syslog);

test('every destination is in the suite', () => {
  expectComplete([archive, stdout, bucket, clickhouse, splunk, opensearch, elastic, syslog]);
});
