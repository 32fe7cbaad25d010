// The page as a whole: who visits it, in which language, their lamps, and the switches that play trouble.

import { type Language, languageFrom } from 'firmware-gateway-client/texts';
import { useEffect, useRef, useState } from 'react';
import { Lamps } from './Lamps';
import { Switches } from './Switches';
import { currentVisit, newVisit, signedIn, type Trouble, tokenOf, trouble as troubleOf } from './visit';
import { LANGUAGES, words } from './words';

/** As it was chosen; else as the demo found in `Accept-Language`. */
const firstLanguage = (): Language => languageFrom(localStorage.getItem('language') ?? document.documentElement.lang);

export function DemoPage() {
  const [language, setLanguage] = useState(firstLanguage);
  const [visit, setVisit] = useState(currentVisit);
  const [trouble, setTrouble] = useState<Trouble>();
  /** For the client, which asks for the token before React has shown the new one. */
  const latest = useRef(visit);
  const say = words[language];

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = words[language].title;
  }, [language]);

  const shown = (state: Promise<Trouble>): Promise<void> => state.then(setTrouble, () => undefined);

  useEffect(() => {
    troubleOf(visit, 'GET').then(setTrouble, () => undefined);
  }, [visit]);

  const become = (next: typeof visit) => {
    latest.current = next;
    setVisit(next);
  };
  const change = (changes: Partial<Trouble>) => shown(troubleOf(latest.current, 'PATCH', changes));
  const reset = () => void shown(troubleOf(latest.current, 'DELETE')).then(() => become(newVisit()));

  const choose = (chosen: Language) => {
    localStorage.setItem('language', chosen);
    setLanguage(chosen);
  };

  return (
    <>
      <header className="top">
        <h1>{say.title}</h1>
        <p>{say.intro}</p>
        <nav aria-label={say.languages}>
          {LANGUAGES.map(([each, name]) => (
            <button
              key={each}
              type="button"
              lang={each}
              className="choice"
              aria-pressed={each === language}
              onClick={() => choose(each)}
            >
              {name}
            </button>
          ))}
        </nav>
      </header>
      <main>
        <Lamps
          key={visit.number}
          language={language}
          token={() => tokenOf(latest.current)}
          trouble={trouble}
          onSignIn={() => become(signedIn(latest.current))}
          onChange={change}
        />
        <Switches trouble={trouble} language={language} onChange={(changes) => void change(changes)} onReset={reset} />
      </main>
      <footer className="quiet">
        <a href="/graphql">Apollo Sandbox</a> · <a href="/explorer">{say.explorer}</a> · {say.token}{' '}
        <code>{tokenOf(visit)}</code>
      </footer>
    </>
  );
}
