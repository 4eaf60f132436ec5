/** Made-up answers in the documented shapes of vendors' APIs, and what a first file must say of each. */
export interface AnswerCase {
  readonly answer: unknown;
  readonly url?: string;
  readonly link?: string;
  readonly file: object;
}

const paging = (style: string, more: object = {}) => ({ paging: { style, ...more } });
/** An entry, and another one an hour earlier with other ids. */
const two = (make: (n: number) => object): readonly object[] => [make(0), make(1)];
const iso = (n: number) => `2026-11-20T${13 - n}:03:11.000Z`;
const ms = (n: number) => Date.parse(iso(n));

export const ANSWERS: Readonly<Record<string, AnswerCase>> = {
  github: {
    answer: two((n) => ({
      '@timestamp': ms(n),
      _document_id: `d${n}`,
      action: 'repo.create',
      actor: 'octocat',
      actor_id: 5,
      org: 'acme',
      repo: 'acme/web',
      user_agent: 'curl/8',
      created_at: ms(n),
    })),
    url: 'https://api.github.example/orgs/acme/audit-log?per_page=2',
    link: '<https://api.github.example/orgs/acme/audit-log?after=x&per_page=2>; rel="next"',
    file: {
      base: 'https://api.github.example',
      path: '/orgs/acme/audit-log',
      ...paging('link', { size: 'per_page', max: 2 }),
      order: 'newest-first',
      timeFormat: 'epoch-ms',
      fields: {
        id: '_document_id',
        time: '@timestamp',
        action: 'action',
        actor: { id: 'actor_id', name: 'actor' },
        userAgent: 'user_agent',
      },
    },
  },
  gitlab: {
    answer: two((n) => ({
      id: 9 - n,
      author_id: 1,
      entity_id: 7,
      entity_type: 'Group',
      event_name: 'member_added',
      details: {
        author_name: 'Ann Ash',
        author_email: 'ann@acme.example',
        ip_address: '192.0.2.7',
        target_details: 'Bo',
      },
      created_at: iso(n),
    })),
    file: {
      ...paging('page', { page: 'page' }),
      fields: {
        id: 'id',
        time: 'created_at',
        action: 'event_name',
        actor: { id: 'author_id', name: 'details.author_name', email: 'details.author_email' },
        resource: [{ type: { path: 'entity_type' }, id: 'entity_id' }],
        ip: 'details.ip_address',
      },
    },
  },
  okta: {
    answer: two((n) => ({
      uuid: `u-${n}`,
      published: iso(n),
      eventType: 'user.session.start',
      displayMessage: 'User login',
      actor: { id: '00u1', type: 'User', alternateId: 'ann@acme.example', displayName: 'Ann Ash' },
      client: {
        userAgent: { rawUserAgent: 'Mozilla/5.0', os: 'Mac' },
        ipAddress: '192.0.2.7',
        geographicalContext: { country: 'Germany' },
      },
      target: [{ id: 't1', type: 'AppInstance', displayName: 'Wiki' }],
      debugContext: { debugData: {} },
    })),
    link: '<https://acme.okta.example/api/v1/logs?after=1>; rel="next"',
    file: {
      ...paging('link'),
      fields: {
        id: 'uuid',
        time: 'published',
        action: 'eventType',
        actor: { id: 'actor.id', name: 'actor.displayName', email: 'actor.alternateId' },
        resource: [{ type: { path: 'target.0.type' }, id: 'target.0.id', name: 'target.0.displayName' }],
        ip: 'client.ipAddress',
        userAgent: 'client.userAgent.rawUserAgent',
        country: 'client.geographicalContext.country',
      },
    },
  },
  slack: {
    answer: {
      entries: two((n) => ({
        id: `e${n}`,
        date_create: ms(n) / 1000,
        action: 'user_login',
        actor: { type: 'user', user: { id: 'W1', name: 'Ann Ash', email: 'ann@acme.example', team: 'T1' } },
        entity: { type: 'user', user: { id: 'W2', name: 'Bo Ek' } },
        context: { ip_address: '192.0.2.7', ua: 'Mozilla/5.0' },
      })),
      response_metadata: { next_cursor: 'dXNlcg==' },
    },
    file: {
      items: 'entries',
      timeFormat: 'epoch-s',
      ...paging('cursor', { cursor: 'cursor', next: 'response_metadata.next_cursor' }),
      fields: {
        id: 'id',
        time: 'date_create',
        action: 'action',
        actor: { id: 'actor.user.id', name: 'actor.user.name', email: 'actor.user.email' },
        ip: 'context.ip_address',
        userAgent: 'context.ua',
      },
    },
  },
  'google-workspace': {
    answer: {
      kind: 'admin#reports#activities',
      nextPageToken: 'A:1',
      items: two((n) => ({
        kind: 'x',
        id: { time: iso(n), uniqueQualifier: `-35${n}`, applicationName: 'login' },
        actor: { email: 'ann@acme.example', profileId: '1' },
        ipAddress: '192.0.2.7',
        events: [
          { type: 'login', name: 'login_success', parameters: [{ name: 'login_type', value: 'google_password' }] },
        ],
      })),
    },
    file: {
      items: 'items',
      ...paging('cursor', { cursor: 'pageToken', next: 'nextPageToken' }),
      fields: {
        id: 'id.uniqueQualifier',
        time: 'id.time',
        action: 'events.0.name',
        actor: { email: 'actor.email' },
        ip: 'ipAddress',
      },
    },
  },
  entra: {
    answer: {
      '@odata.context': 'x',
      '@odata.nextLink': 'https://graph.example/v1.0/auditLogs?$skiptoken=1',
      value: two((n) => ({
        id: `Directory_${n}`,
        activityDateTime: `2026-11-20T${13 - n}:03:11.1234567Z`,
        activityDisplayName: 'Add member to role',
        category: 'RoleManagement',
        initiatedBy: {
          user: { id: 'u1', displayName: 'Ann Ash', userPrincipalName: 'ann@acme.example', ipAddress: '192.0.2.7' },
        },
        targetResources: [{ id: 't1', displayName: 'Admins', type: 'Role' }],
      })),
    },
    file: {
      items: 'value',
      ...paging('link', { next: '@odata.nextLink' }),
      fields: {
        id: 'id',
        time: 'activityDateTime',
        action: 'activityDisplayName',
        actor: {
          id: 'initiatedBy.user.id',
          name: 'initiatedBy.user.displayName',
          email: 'initiatedBy.user.userPrincipalName',
        },
        resource: [
          {
            type: { path: 'targetResources.0.type' },
            id: 'targetResources.0.id',
            name: 'targetResources.0.displayName',
          },
        ],
        ip: 'initiatedBy.user.ipAddress',
      },
    },
  },
  atlassian: {
    answer: {
      data: two((n) => ({
        id: `a${n}`,
        type: 'events',
        attributes: {
          time: iso(n),
          action: 'user_added_to_group',
          actor: { id: '5b', name: 'Ann Ash', email: 'ann@acme.example' },
          location: { ip: '192.0.2.7' },
        },
      })),
      meta: { next: 'c1', page_size: 2 },
      links: { next: 'https://api.atlassian.example/admin?cursor=c1' },
    },
    file: {
      items: 'data',
      fields: {
        id: 'id',
        time: 'attributes.time',
        action: 'attributes.action',
        actor: { id: 'attributes.actor.id', name: 'attributes.actor.name', email: 'attributes.actor.email' },
        ip: 'attributes.location.ip',
      },
    },
  },
  jira: {
    answer: {
      offset: 0,
      limit: 2,
      total: 14,
      records: two((n) => ({
        id: 100 - n,
        summary: 'User added',
        created: `2026-11-20T${13 - n}:03:11.250+0000`,
        authorAccountId: '5b',
        remoteAddress: '192.0.2.7',
        category: 'user management',
        objectItem: { name: 'bo', typeName: 'USER' },
      })),
    },
    file: {
      items: 'records',
      total: { path: 'total' },
      ...paging('offset', { offset: 'offset', size: 'limit', max: 2 }),
      fields: { id: 'id', time: 'created', action: 'summary', actor: { id: 'authorAccountId' }, ip: 'remoteAddress' },
    },
  },
  auth0: {
    answer: {
      start: 0,
      limit: 2,
      length: 2,
      total: 30,
      logs: two((n) => ({
        log_id: `900${n}`,
        date: iso(n),
        type: 's',
        description: 'Success Login',
        ip: '192.0.2.7',
        user_agent: 'Chrome',
        user_id: 'auth0|1',
        user_name: 'ann@acme.example',
      })),
    },
    file: {
      items: 'logs',
      total: { path: 'total' },
      ...paging('offset', { offset: 'start', max: 2 }),
      fields: { id: 'log_id', time: 'date', action: 'type', ip: 'ip', userAgent: 'user_agent' },
    },
  },
  '1password': {
    answer: {
      cursor: 'aGVsbG8',
      has_more: true,
      items: two((n) => ({
        uuid: `u${n}`,
        timestamp: iso(1 - n),
        actor_uuid: 'A1',
        actor_details: { uuid: 'A1', name: 'Ann Ash', email: 'ann@acme.example' },
        action: 'join',
        object_type: 'gm',
        object_uuid: 'o1',
        session: { ip: '192.0.2.7' },
      })),
    },
    file: {
      items: 'items',
      order: 'oldest-first',
      ...paging('cursor', { cursor: 'cursor', next: 'cursor', hasMore: 'has_more' }),
      fields: {
        id: 'uuid',
        time: 'timestamp',
        action: 'action',
        actor: { id: 'actor_details.uuid', name: 'actor_details.name', email: 'actor_details.email' },
        resource: [{ type: { path: 'object_type' }, id: 'object_uuid' }],
        ip: 'session.ip',
      },
    },
  },
  cloudflare: {
    answer: {
      success: true,
      errors: [],
      messages: [],
      result_info: { page: 1, per_page: 2, count: 2 },
      result: two((n) => ({
        id: `f${n}`,
        when: iso(n),
        action: { type: 'login', result: true },
        actor: { id: 'a1', email: 'ann@acme.example', ip: '192.0.2.7', type: 'user' },
        resource: { type: 'account', id: 'r1' },
        metadata: {},
      })),
    },
    file: {
      items: 'result',
      ...paging('page', { page: 'page', size: 'per_page' }),
      fields: {
        id: 'id',
        time: 'when',
        action: 'action.type',
        actor: { id: 'actor.id', email: 'actor.email' },
        resource: [{ type: { path: 'resource.type' }, id: 'resource.id' }],
        ip: 'actor.ip',
      },
    },
  },
  zoom: {
    answer: {
      from: '2026-11-01',
      to: '2026-11-20',
      page_size: 30,
      next_page_token: 'tok1',
      operation_logs: two((n) => ({
        time: iso(n),
        operator: 'ann@acme.example',
        category_type: 'User',
        action: 'Update',
        operation_detail: `Change ${n}`,
      })),
    },
    file: {
      items: 'operation_logs',
      ...paging('cursor', { cursor: 'next_page_token', next: 'next_page_token', size: 'page_size', max: 30 }),
      fields: { time: 'time', action: 'action', actor: { email: 'operator' } },
    },
  },
  pagerduty: {
    answer: {
      records: two((n) => ({
        id: `P${n}`,
        execution_time: iso(n),
        action: 'create',
        actors: [{ id: 'PA', type: 'user_reference', summary: 'Ann Ash' }],
        root_resource: { id: 'R1', type: 'user_reference' },
        method: { type: 'api_token' },
        execution_context: { remote_address: '192.0.2.7' },
      })),
      next_cursor: null,
      limit: 10,
    },
    file: {
      items: 'records',
      ...paging('cursor', { cursor: 'cursor', next: 'next_cursor', size: 'limit', max: 10 }),
      fields: { id: 'id', time: 'execution_time', action: 'action', ip: 'execution_context.remote_address' },
    },
  },
  twilio: {
    answer: {
      events: two((n) => ({
        sid: `AE${n}`,
        event_date: `2026-11-20T${13 - n}:03:11Z`,
        event_type: 'account.created',
        actor_sid: 'US1',
        actor_type: 'user',
        resource_type: 'account',
        resource_sid: 'AC1',
        source_ip_address: '192.0.2.7',
      })),
      meta: { page: 0, page_size: 50, next_page_url: null, key: 'events' },
    },
    file: {
      items: 'events',
      ...paging('link', { next: 'meta.next_page_url', max: 50 }),
      fields: { id: 'sid', time: 'event_date', action: 'event_type', ip: 'source_ip_address' },
    },
  },
  openai: {
    answer: {
      object: 'list',
      first_id: 'a',
      last_id: 'b',
      has_more: true,
      data: two((n) => ({
        id: `audit_log-${n}`,
        type: 'project.created',
        effective_at: ms(n) / 1000,
        project: { id: 'p1', name: 'Web' },
        actor: {
          type: 'session',
          session: { user: { id: 'user-1', email: 'ann@acme.example' }, ip_address: '192.0.2.7', user_agent: 'Chrome' },
        },
      })),
    },
    file: {
      items: 'data',
      timeFormat: 'epoch-s',
      ...paging('cursor', { cursor: 'after', next: 'last_id', hasMore: 'has_more' }),
      fields: {
        id: 'id',
        time: 'effective_at',
        action: 'type',
        actor: { id: 'actor.session.user.id', email: 'actor.session.user.email' },
        ip: 'actor.session.ip_address',
        userAgent: 'actor.session.user_agent',
      },
    },
  },
  hcp: {
    answer: {
      data: two((n) => ({
        id: `ae66${n}`,
        version: '0',
        type: 'Resource',
        timestamp: iso(n),
        auth: { accessor_id: 'user-1', description: 'ann', type: 'Client' },
        request: { id: 'q1' },
        resource: { id: 'at-1', type: 'authentication_token', action: 'create', meta: null },
      })),
      pagination: { current_page: 1, prev_page: null, next_page: 2, total_pages: 8, total_count: 778 },
    },
    file: {
      items: 'data',
      total: { path: 'pagination.total_count' },
      ...paging('page', { page: 'page' }),
      fields: { id: 'id', time: 'timestamp', resource: [{ type: { path: 'resource.type' }, id: 'resource.id' }] },
    },
  },
  linear: {
    answer: {
      data: {
        auditEntries: {
          edges: two((n) => ({
            cursor: `c${n}`,
            node: {
              id: `l${n}`,
              createdAt: iso(n),
              type: 'issueCreated',
              actor: { id: 'u1', name: 'Ann', email: 'ann@acme.example' },
              ip: '192.0.2.7',
              countryCode: 'DE',
            },
          })),
          pageInfo: { hasNextPage: true, endCursor: 'c1' },
        },
      },
    },
    file: {
      items: 'data.auditEntries.edges',
      each: 'node',
      ...paging('cursor', {
        cursor: 'after',
        next: 'data.auditEntries.pageInfo.endCursor',
        hasMore: 'data.auditEntries.pageInfo.hasNextPage',
      }),
      fields: {
        id: 'id',
        time: 'createdAt',
        action: 'type',
        actor: { id: 'actor.id', name: 'actor.name', email: 'actor.email' },
        ip: 'ip',
        country: 'countryCode',
      },
    },
  },
  torq: {
    answer: {
      audit_logs: two((n) => ({
        id: `q${n}`,
        timestamp: `${ms(n)}000`,
        action: 'create',
        actor: { name: 'ann@acme.example', type: 'USER' },
        resource: { id: 'w1', name: 'Flow', type: 'WORKFLOW' },
      })),
      next_page_token: '',
    },
    file: {
      items: 'audit_logs',
      timeFormat: 'epoch-us',
      ...paging('cursor', { next: 'next_page_token' }),
      fields: {
        id: 'id',
        time: 'timestamp',
        action: 'action',
        actor: { email: 'actor.name' },
        resource: [{ type: { path: 'resource.type' }, id: 'resource.id', name: 'resource.name' }],
      },
    },
  },
  servicenow: {
    answer: {
      result: two((n) => ({
        sys_id: `s${n}`,
        sys_created_on: `2026-11-20 ${13 - n}:03:11`,
        user: 'ann',
        fieldname: 'state',
        oldvalue: '1',
        newvalue: '2',
        tablename: 'incident',
      })),
    },
    file: { items: 'result', timeZone: 'UTC', fields: { time: 'sys_created_on', actor: { name: 'user' } } },
  },
  quay: {
    answer: {
      start_time: 'x',
      logs: two((n) => ({
        kind: 'create_repo',
        datetime: `Fri, 20 Nov 2026 ${13 - n}:03:11 -0000`,
        ip: '192.0.2.7',
        performer: { name: 'ann', kind: 'user' },
        metadata: { repo: 'web' },
      })),
      next_page: 'gAAA',
    },
    file: { items: 'logs', timeFormat: 'rfc1123', fields: { time: 'datetime', ip: 'ip', metadata: 'metadata' } },
  },
  bitbucket: {
    answer: {
      entities: two((n) => ({
        timestamp: { epochSecond: ms(n) / 1000, nano: 250000000 },
        author: { name: 'ann', type: 'user', id: '1' },
        type: { action: 'Project created', category: 'Projects' },
        affectedObjects: [{ id: 'p1', name: 'Web', type: 'PROJECT' }],
        source: '192.0.2.7',
      })),
      pagingInfo: { lastPage: false, nextPageLink: 'https://b.example/rest?cursor=1', size: 2 },
    },
    file: {
      items: 'entities',
      timeFormat: 'epoch-parts',
      ...paging('link', { next: 'pagingInfo.nextPageLink' }),
      fields: { time: 'timestamp', action: 'type.action', actor: { id: 'author.id', name: 'author.name' } },
    },
  },
};
