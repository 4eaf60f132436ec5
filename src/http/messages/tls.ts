import type { Fault } from '../fault.js';
import { type Circumstances, type FaultText, nameOf } from './about.js';

/** Explains a secure connection that was not made: a certificate that expired, is for another name, or of an unknown authority. */
export function explainTls({ code = '' }: Fault, about: Circumstances): FaultText {
  const isApi = 'provider' in about.by;
  const message = `the certificate of ${nameOf(about)} was not accepted (${code})`;
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return { message, hint: `This machine's clock says ${new Date(about.now).toISOString()}: is it right?` };
  if (/ALTNAME|HOSTNAME/.test(code))
    return {
      message,
      hint: `It is for another name. ${isApi ? 'Check the base URL' : 'Use the name that it is for'}`,
    };
  if (/LEAF|LOCALLY|SELF_SIGNED|ISSUER/.test(code))
    return {
      message,
      hint: isApi
        ? 'Is a proxy reading the traffic? Then name its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem'
        : 'If your own authority signed it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    };
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code))
    return {
      message: `no secure connection to ${nameOf(about)} (${code}): the server there does not use TLS`,
      hint: isApi
        ? 'Is this its port for plain http? Check the port of the base URL'
        : 'Is this the port for https? What answers there may be plain http',
    };
  return {
    message: `no secure connection to ${nameOf(about)} (${code})`,
    hint: isApi ? 'Check the base URL' : 'Is this the port for https?',
  };
}
