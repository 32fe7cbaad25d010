import type { DeviceConnectivityState, FirmwareUpgradePhase, TokenApiErrorName, TokenApiNextStep } from './generated/types.js';
export type Language = 'en' | 'zh-CN';
export interface Texts {
    /** How far the upgrade is. */
    readonly phases: Readonly<Record<FirmwareUpgradePhase, string>>;
    /** What the user can do about an error. */
    readonly nextSteps: Readonly<Record<TokenApiNextStep, string>>;
    /** What went wrong. */
    readonly errors: Readonly<Record<TokenApiErrorName, string>>;
    readonly connectivity: Readonly<Record<DeviceConnectivityState, string>>;
}
export declare const texts: Readonly<Record<Language, Texts>>;
/** The language that is nearest to a browser's or a phone's, such as `zh-Hans-CN` or `zh_CN`. */
export declare const languageFrom: (tag: string | undefined) => Language;
export declare const phaseText: (phase: string, language: Language) => string;
/** What went wrong, and what the user can do about it. */
export declare const errorText: (error: {
    __typename: string;
    nextStep: string;
}, language: Language) => string;
