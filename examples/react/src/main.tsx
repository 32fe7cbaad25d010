// The app to copy: where the gateway is, who is signed in, and the list of devices.

import { createFirmwareClient } from 'firmware-gateway-client';
import { languageFrom } from 'firmware-gateway-client/texts';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import './app.css';

const client = createFirmwareClient({
  url: import.meta.env.VITE_GATEWAY_URL ?? 'http://localhost:4000/graphql',
  // Your app's own session: the platform's AccessToken of the user.
  token: () => sessionStorage.getItem('token') ?? 'demo-token-alice',
});

function signIn(): void {
  const token = prompt('Access token', 'demo-token-alice');
  if (token) sessionStorage.setItem('token', token);
}

const language = languageFrom(navigator.language);
document.documentElement.lang = language;
createRoot(document.getElementById('root') as HTMLElement).render(
  <App client={client} language={language} onSignIn={signIn} />,
);
