import { Avatar } from './avatar';
import type { Ended } from './call_model';
import { duration } from './clock';
import { Header } from './header';
import { Icon } from './icons';
import { inWords } from './reasons';
import { ended as shown, place } from './session';
import { targetId } from './target';
import { useFocus } from './use_focus';

/** Says why the call is over. */
export function EndedView({ ended }: { ended: Ended }) {
  const title = useFocus<HTMLHeadingElement>();
  const { reason, target, lasted } = ended;
  const words = inWords(reason);
  return (
    <div class="page">
      <Header />
      <main class="after" data-testid="ended-view">
        <Avatar id={targetId(target)} name={target.title} size="large" />
        <h1 ref={title} tabIndex={-1} data-testid="end-reason">
          {words.title}
        </h1>
        <p class="lead">{words.detail}</p>
        <p class="after-facts">
          {target.title}
          {lasted !== undefined && <> · {duration(lasted)}</>}
        </p>
        <div class="after-buttons">
          <button class="primary" data-testid="call-again-button" onClick={() => place(target)}>
            <Icon name="phone" />
            {target.kind === 'group' ? 'Join again' : 'Call again'}
          </button>
          <button class="secondary" data-testid="done-button" onClick={() => (shown.value = undefined)}>
            Done
          </button>
        </div>
        <small class="after-code" data-testid="end-code">
          {reason ? `${reason.code}/${reason.subCode ?? 0}` : '0/0'}
          {reason?.message && ` ${reason.message}`}
        </small>
      </main>
    </div>
  );
}
