import { AgentObject, sameUser } from './agent';
import type { CallAgent, CallClientOptions, DeviceManager } from './api';
import { Devices } from './devices';
import { problem } from './errors';
import { createClientLogger } from './log';
import { Signalling } from './signalling';
import type { CallAgentOptions, CommunicationTokenCredential } from './values';

/** Where everything begins: one per page, or one per botd that the page talks to. */
export class CallClient {
  readonly #options: CallClientOptions;
  readonly #agents = new Set<CallAgent>();
  #devices: Devices | undefined;

  constructor(options?: CallClientOptions) {
    this.#options = options ?? {};
  }

  /** Registers the token's user. Rejected if the server cannot be reached or refuses the token. */
  async createCallAgent(tokenCredential: CommunicationTokenCredential, options?: CallAgentOptions): Promise<CallAgent> {
    const log = this.#options.logger ?? createClientLogger('calling');
    const signalling = new Signalling({
      url: signalUrl(this.#options.endpoint ?? location.origin),
      token: async () => (await tokenCredential.getToken()).token,
      log,
      ...(options?.displayName ? { displayName: options.displayName } : {}),
    });
    const welcome = await signalling.connect();
    const agent = new AgentObject(
      {
        signalling,
        devices: this.#deviceManager(),
        credential: tokenCredential,
        iceServers: this.#options.networkConfiguration?.turn?.iceServers ?? [],
        displayName: options?.displayName,
        log,
      },
      welcome,
    );
    return this.#keep(agent, signalling);
  }

  async getDeviceManager(): Promise<DeviceManager> {
    return this.#deviceManager();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#agents].map((agent) => agent.dispose()));
    this.#devices?.dispose();
    this.#devices = undefined;
  }

  #deviceManager(): Devices {
    this.#devices ??= new Devices();
    return this.#devices;
  }

  #keep(agent: AgentObject, signalling: Signalling): CallAgent {
    if ([...this.#agents].some((other) => sameUser(other, agent))) {
      signalling.close();
      throw problem('agentExists');
    }
    this.#agents.add(agent);
    signalling.on('ended', () => this.#agents.delete(agent));
    return agent;
  }
}

/**
 * The signalling socket of a server, given its address.
 * @internal
 */
export function signalUrl(endpoint: string): string {
  const url = new URL('/client/signal', endpoint);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url.href;
}
