// The bots that a development server answers with.

import type { IconName } from './icons';

export interface BotInfo {
  id: string;
  testid: string;
  icon: IconName;
  title: string;
  text: string;
}

export const bots: BotInfo[] = [
  { id: 'echo', testid: 'bot-echo', icon: 'repeat', title: 'Echo', text: 'Says back everything it hears, at once.' },
  { id: 'menu', testid: 'bot-menu', icon: 'list', title: 'Menu', text: 'A phone menu to walk through with the keypad.' },
  {
    id: '8:echo123',
    testid: 'bot-echo123',
    icon: 'wave',
    title: 'Audio test',
    text: 'Records a few seconds of you and plays them back.',
  },
];

/** What a bot is called on this page; undefined for others. */
export function botName(id: string): string | undefined {
  return bots.find((bot) => bot.id === id)?.title;
}
