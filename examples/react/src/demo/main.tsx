// The page of the demo: the app, with what went over the wire beside each press, and switches that play trouble.

import { createRoot } from 'react-dom/client';
import { DemoPage } from './DemoPage';
import '../app.css';
import './demo.css';

createRoot(document.getElementById('root') as HTMLElement).render(<DemoPage />);
