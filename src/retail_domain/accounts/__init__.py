"""Accounts (注册登录, 员工权限): members, one-time codes, passwords, sessions, staff and their roles, address books."""

from retail_domain.accounts.errors import (
    AccountBlocked as AccountBlocked,
    AddressBookFull as AddressBookFull,
    AddressNotFound as AddressNotFound,
    BoundToPlaces as BoundToPlaces,
    CodeExpired as CodeExpired,
    CodeWrong as CodeWrong,
    CustomRoleExists as CustomRoleExists,
    CustomRoleHeld as CustomRoleHeld,
    CustomRoleNotFound as CustomRoleNotFound,
    KeyInvalid as KeyInvalid,
    KeyNameTaken as KeyNameTaken,
    KeyNotFound as KeyNotFound,
    LastAdmin as LastAdmin,
    LoginFailed as LoginFailed,
    MemberNotFound as MemberNotFound,
    NameTaken as NameTaken,
    NoPasswordAccount as NoPasswordAccount,
    OwnPassword as OwnPassword,
    PhoneTaken as PhoneTaken,
    RegionUnknown as RegionUnknown,
    SessionInvalid as SessionInvalid,
    StaffForbidden as StaffForbidden,
    StaffNotFound as StaffNotFound,
    TooManyCodes as TooManyCodes,
    TooManyTries as TooManyTries,
)
from retail_domain.accounts.events import (
    EVENTS as EVENTS,
    BehaviourConsentChanged as BehaviourConsentChanged,
    KeyMade as KeyMade,
    KeyRevoked as KeyRevoked,
    MemberBanned as MemberBanned,
    MemberLeft as MemberLeft,
    MemberPhoneChanged as MemberPhoneChanged,
    MemberReadmitted as MemberReadmitted,
    MemberRegistered as MemberRegistered,
    PasswordChanged as PasswordChanged,
    StaffAdded as StaffAdded,
    StaffRolesChanged as StaffRolesChanged,
    TermsAgreed as TermsAgreed,
)
from retail_domain.accounts.facade import (
    Accounts as Accounts,
)
from retail_domain.accounts.model.addresses import (
    ADDRESSES_MAX as ADDRESSES_MAX,
    Address as Address,
    AddressBook as AddressBook,
    Contact as Contact,
    ContactKind as ContactKind,
    OrderContact as OrderContact,
)
from retail_domain.accounts.model.challenge import (
    Challenge as Challenge,
    ChallengeStatus as ChallengeStatus,
    GuessVerdict as GuessVerdict,
    Purpose as Purpose,
)
from retail_domain.accounts.model.custom_roles import (
    ALL_RIGHTS as ALL_RIGHTS,
    BY_PLACE as BY_PLACE,
    CustomRole as CustomRole,
    Rights as Rights,
    rights_of as rights_of,
)
from retail_domain.accounts.model.keys import (
    ApiKey as ApiKey,
    Machine as Machine,
)
from retail_domain.accounts.model.member import (
    Member as Member,
    MemberStatus as MemberStatus,
)
from retail_domain.accounts.model.pasted import (
    PastedContact as PastedContact,
    RegionTree as RegionTree,
    read_pasted as read_pasted,
)
from retail_domain.accounts.model.regions import (
    ABROAD as ABROAD,
    PROVINCES as PROVINCES,
    Region as Region,
    province_of as province_of,
    read_regions as read_regions,
)
from retail_domain.accounts.model.rules import (
    AccountRules as AccountRules,
)
from retail_domain.accounts.model.session import (
    Login as Login,
    Principal as Principal,
    Session as Session,
    Subject as Subject,
)
from retail_domain.accounts.model.staff import (
    MAY as MAY,
    NEEDS as NEEDS,
    Permission as Permission,
    Role as Role,
    Staff as Staff,
    permissions_of as permissions_of,
)
from retail_domain.accounts.model.trail import (
    NO_SEAL as NO_SEAL,
    StaffAction as StaffAction,
    TrailRow as TrailRow,
    TrailSeal as TrailSeal,
    digest_over as digest_over,
)
from retail_domain.accounts.model.words import (
    good_password as good_password,
    login_name as login_name,
    phone_number as phone_number,
)
from retail_domain.accounts.ports import (
    AccountsWork as AccountsWork,
    AddressBooks as AddressBooks,
    AddressWork as AddressWork,
    ApiKeys as ApiKeys,
    AuditTrail as AuditTrail,
    Challenges as Challenges,
    CodesWork as CodesWork,
    CustomRoles as CustomRoles,
    DeliveryContacts as DeliveryContacts,
    Logins as Logins,
    Members as Members,
    OrderContacts as OrderContacts,
    Passwords as Passwords,
    Regions as Regions,
    Sessions as Sessions,
    StaffAccounts as StaffAccounts,
)
from retail_domain.accounts.queries import (
    AccountsQueries as AccountsQueries,
    KeyShown as KeyShown,
    KeyView as KeyView,
    MemberView as MemberView,
    SessionView as SessionView,
    StaffView as StaffView,
    TrailSearch as TrailSearch,
    TrailView as TrailView,
)
from retail_domain.accounts.sms import (
    SmsAccepted as SmsAccepted,
    SmsMessage as SmsMessage,
    SmsNotSent as SmsNotSent,
    SmsOutcomeUnknown as SmsOutcomeUnknown,
    SmsPurpose as SmsPurpose,
    SmsRejected as SmsRejected,
    SmsRejection as SmsRejection,
    SmsSender as SmsSender,
)
from retail_domain.accounts.use_cases.addresses import (
    AddAddress as AddAddress,
    AddressEntry as AddressEntry,
    ContactAsTyped as ContactAsTyped,
    CorrectAddress as CorrectAddress,
    ImportRegions as ImportRegions,
    RegionsImported as RegionsImported,
    RemoveAddress as RemoveAddress,
    spelled_out as spelled_out,
)
from retail_domain.accounts.use_cases.change_phone import (
    ChangePhone as ChangePhone,
)
from retail_domain.accounts.use_cases.custom_roles import (
    ChangeRole as ChangeRole,
    MakeRole as MakeRole,
    RemoveRole as RemoveRole,
    RoleStands as RoleStands,
)
from retail_domain.accounts.use_cases.keys import (
    MadeKey as MadeKey,
    MakeKey as MakeKey,
    RevokeKey as RevokeKey,
    ShowKey as ShowKey,
)
from retail_domain.accounts.use_cases.log_in_with_code import (
    LogInWithCode as LogInWithCode,
)
from retail_domain.accounts.use_cases.log_in_with_password import (
    LogInWithPassword as LogInWithPassword,
)
from retail_domain.accounts.use_cases.managing import rights_of_staff as rights_of_staff
from retail_domain.accounts.use_cases.members import (
    AdmitMember as AdmitMember,
    AgreeToTerms as AgreeToTerms,
    BanMember as BanMember,
    MemberAdmitted as MemberAdmitted,
    UpdateProfile as UpdateProfile,
)
from retail_domain.accounts.use_cases.open_session import (
    LoggedIn as LoggedIn,
)
from retail_domain.accounts.use_cases.passwords import (
    ChangePassword as ChangePassword,
    Register as Register,
    ResetPassword as ResetPassword,
)
from retail_domain.accounts.use_cases.prove import (
    Proof as Proof,
)
from retail_domain.accounts.use_cases.send_code import (
    CodeSent as CodeSent,
    SendCode as SendCode,
)
from retail_domain.accounts.use_cases.sessions import (
    ActAs as ActAs,
    ActingStaff as ActingStaff,
    LogOut as LogOut,
    Sweep as Sweep,
)
from retail_domain.accounts.use_cases.staff import (
    AddStaff as AddStaff,
    ChangeRoles as ChangeRoles,
    NoteStaffAction as NoteStaffAction,
    StaffTakenOn as StaffTakenOn,
    WelcomeLine as WelcomeLine,
)
from retail_domain.accounts.use_cases.staff_passwords import GivePassword as GivePassword
from retail_domain.kernel.counting import (
    Allowance as Allowance,
    Sealer as Sealer,
    Slot as Slot,
)
