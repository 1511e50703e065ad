// A call: who is in it, what one can do, how it goes.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CallState } from '../client/calling';
import { AddPanel } from './add_panel';
import type { CallModel } from './call_model';
import { duration } from './clock';
import { Controls } from './controls';
import type { Panel } from './controls';
import { CopyButton } from './copy_button';
import { Header } from './header';
import { Keypad, useKeys } from './keypad';
import { LobbyList, Waiting } from './lobby_view';
import { People } from './people';
import { words } from './quality';
import type { Grade } from './quality';
import { LevelMeter, SoundPickers } from './sound';
import { ringback } from './sounds';
import { inviteLink } from './target';
import { useFocus } from './use_focus';

const stateWords: Record<CallState, string> = {
  None: 'Starting…',
  Connecting: 'Connecting…',
  Ringing: 'Ringing…',
  EarlyMedia: 'Connecting…',
  InLobby: 'Waiting to be let in',
  Connected: 'Connected',
  LocalHold: 'You hold the call',
  RemoteHold: 'You are on hold',
  Disconnecting: 'Ending…',
  Disconnected: 'Ended',
};

export function CallView({ model }: { model: CallModel }) {
  const panel = useSignal<Panel | undefined>(undefined);
  const state = model.state.value;
  const link = inviteLink(model.target);
  const title = useFocus<HTMLHeadingElement>();
  useKeys(model);
  useEffect(() => (state === 'Ringing' ? ringback() : undefined), [state]);

  return (
    <div class="page page-call">
      <Header />
      <main class={`stage ${panel.value ? 'stage-split' : ''}`} data-testid="call-view">
        <div class="stage-head">
          <h1 ref={title} tabIndex={-1} data-testid="call-title">{model.title}</h1>
          <p class="stage-state">
            <span data-testid="call-state" data-state={state} role="status">
              {inWords(model)}
            </span>
            {model.since.value !== undefined && <Timer since={model.since.value} />}
            {link && <CopyButton text={link} label="Copy invite link" testid="copy-link-button" />}
          </p>
        </div>
        <div class="stage-main">
          <LobbyList model={model} />
          {state === 'InLobby' ? <Waiting model={model} /> : <People model={model} />}
        </div>
        {panel.value && (
          <aside class="panel" id="panel">
            <PanelContent panel={panel.value} model={model} close={() => (panel.value = undefined)} />
          </aside>
        )}
        <div class="stage-foot">
          <CaptionLine model={model} />
          <WarningLine model={model} />
          <p class="notice" role="status" data-testid="call-notice">
            {model.notice.value}
          </p>
          <Controls model={model} panel={panel} />
          <QualityLine model={model} />
        </div>
      </main>
    </div>
  );
}

function inWords(model: CallModel): string {
  if (model.state.value !== 'Connected') return stateWords[model.state.value];
  if (model.isLost.value) return 'Reconnecting…';
  return model.met && model.people.value.length === 0 ? 'Nobody else is here' : stateWords.Connected;
}

function PanelContent({ panel, model, close }: { panel: Panel; model: CallModel; close: () => void }) {
  if (panel === 'keypad') return <Keypad model={model} />;
  if (panel === 'add') return <AddPanel model={model} close={close} />;
  return (
    <>
      <h2>Sound</h2>
      <SoundPickers />
      <LevelMeter level={model.level} off={model.isMuted.value} />
    </>
  );
}

function Timer({ since }: { since: number }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="timer" role="timer" aria-live="off" data-testid="call-timer">
      {duration(now.value - since)}
    </span>
  );
}

/** What is being said, where an application transcribes the call. */
function CaptionLine({ model }: { model: CallModel }) {
  const caption = model.caption.value;
  return (
    <p class="notice" aria-live="polite" data-testid="caption" data-final={caption?.isFinal}>
      {caption && `${caption.who}: ${caption.text}`}
    </p>
  );
}

/** What is wrong. To be muted is undone here. */
function WarningLine({ model }: { model: CallModel }) {
  const warning = model.warning.value;
  const muted = warning?.diagnostic === 'speakingWhileMicrophoneIsMuted';
  return (
    <div role="alert">
      {warning && (
        <p class="warning" data-testid="call-warning" data-diagnostic={warning.diagnostic}>
          {warning.text}
          {muted && model.role.value !== 'Consumer' && (
            <button class="secondary small" onClick={() => void model.toggleMute()}>
              Unmute
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** How well sound travels one way. */
function Dot({ direction, label, grade }: { direction: 'send' | 'receive'; label: string; grade: Grade }) {
  return (
    <span class={`quality-way quality-${grade}`} data-testid={`quality-${direction}`} data-quality={grade} title={`${label}: ${grade}`}>
      <i class="dot" aria-hidden="true" />
      {label}
      <span class="unseen">{`: ${grade}`}</span>
    </span>
  );
}

function QualityLine({ model }: { model: CallModel }) {
  const { grade, send, receive, rtt, loss, jitter } = model.quality.value;
  const figure = (value: number | undefined, digits: number): string => (value === undefined ? '–' : value.toFixed(digits));
  return (
    <p class="quality" data-testid="quality" data-quality={grade}>
      <span class="quality-word">{model.since.value === undefined ? 'Not connected yet' : words[grade]}</span>
      <Dot direction="send" label="Others hear you" grade={send} />
      <Dot direction="receive" label="You hear them" grade={receive} />
      <span>
        <abbr title="How long sound needs to the server and back">Round trip</abbr> {figure(rtt, 0)} ms
      </span>
      <span>
        <abbr title="Share of sound packets that did not arrive">Loss</abbr> {figure(loss, 1)} %
      </span>
      <span>
        <abbr title="How unevenly sound packets arrive">Jitter</abbr> {figure(jitter, 0)} ms
      </span>
    </p>
  );
}
