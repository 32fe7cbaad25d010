// What went over the wire since the last press of a device: each operation in three forms, and its answer.

import { errorText, type Language, phaseText } from 'firmware-gateway-client/texts';
import { useState, useSyncExternalStore } from 'react';
import { answerText, type Form, forms } from './forms';
import type { Exchange, Recorder } from './recorder';
import { words } from './words';

interface ExchangesProps {
  recorder: Recorder;
  deviceName: string;
  language: Language;
}

type Result = Readonly<Record<string, unknown>>;

/** The part of an answer that people are told of: the member of a union that came. */
function resultIn({ answer }: Exchange): Result | undefined {
  const data = (answer as { data?: Result } | undefined)?.data;
  const field = data && Object.values(data)[0];
  const device = ((field as Result | null)?.device ?? field) as Result | null;
  const isUnion = (field as Result | null)?.__typename !== undefined;
  return (isUnion ? field : (device?.firmwareUpgrade ?? device?.firmware ?? device)) as Result | undefined;
}

function toldOf(exchange: Exchange, language: Language): string {
  const result = resultIn(exchange);
  if (result === undefined) return exchange.answer === undefined ? words[language].waiting : '';
  const { __typename, nextStep, phase } = result;
  if (typeof nextStep === 'string') return errorText({ __typename: String(__typename), nextStep }, language);
  return typeof phase === 'string' ? phaseText(phase, language) : '';
}

const nameOf = (exchange: Exchange): string => {
  const { __typename, nextStep, phase } = resultIn(exchange) ?? {};
  return [phase ?? __typename, nextStep].filter(Boolean).join(' · ');
};

export function Exchanges({ recorder, deviceName, language }: ExchangesProps) {
  const exchanges = useSyncExternalStore(recorder.subscribe, () => recorder.exchangesOf(deviceName));
  const [chosen, setChosen] = useState<number>();
  const [form, setForm] = useState<Form>('GraphQL');
  const say = words[language];
  const shown = exchanges.find(({ id }) => id === chosen) ?? exchanges[0];
  if (!shown) return null;
  return (
    <section className="exchanges" aria-label={say.exchanges}>
      <h4>{say.exchanges}</h4>
      <ol>
        {exchanges.map((exchange) => (
          <li key={exchange.id}>
            <button
              type="button"
              className="choice"
              aria-pressed={exchange.id === shown.id}
              onClick={() => setChosen(exchange.id)}
            >
              <b>{exchange.operation}</b>
              {exchange.events !== undefined && ` × ${exchange.events}`} <span>→ {nameOf(exchange) || '…'}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="told">{toldOf(shown, language)}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form */}
      <div role="group" aria-label={say.forms} className="forms">
        {(Object.keys(forms) as Form[]).map((each) => (
          <button
            key={each}
            type="button"
            className="choice"
            aria-pressed={each === form}
            onClick={() => setForm(each)}
          >
            {each === 'code' ? say.code : each}
          </button>
        ))}
      </div>
      <Code label={say.sent} text={forms[form](shown)} />
      <h5>{say.answer}</h5>
      <Code label={say.answer} text={shown.answer === undefined ? say.waiting : answerText(shown)} />
    </section>
  );
}

/** Can be focused, so that it can be scrolled without a mouse. */
const Code = ({ label, text }: { label: string; text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
  <section className="code" tabIndex={0} aria-label={label}>
    <pre>{text}</pre>
  </section>
);
