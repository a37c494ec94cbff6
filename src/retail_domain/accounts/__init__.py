"""Accounts (注册登录, 员工权限): members, one-time codes, passwords, sessions, staff and their roles, address books."""

from retail_domain.accounts.errors import (
    AccountBlocked as AccountBlocked,
    AddressBookFull as AddressBookFull,
    AddressNotFound as AddressNotFound,
    CodeExpired as CodeExpired,
    CodeWrong as CodeWrong,
    LastAdmin as LastAdmin,
    LoginFailed as LoginFailed,
    MemberNotFound as MemberNotFound,
    NameTaken as NameTaken,
    NoPasswordAccount as NoPasswordAccount,
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
    MemberBanned as MemberBanned,
    MemberPhoneChanged as MemberPhoneChanged,
    MemberReadmitted as MemberReadmitted,
    MemberRegistered as MemberRegistered,
    PasswordChanged as PasswordChanged,
    StaffAdded as StaffAdded,
    StaffRolesChanged as StaffRolesChanged,
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
    Purpose as Purpose,
    Verdict as Verdict,
)
from retail_domain.accounts.model.member import (
    Member as Member,
    MemberStatus as MemberStatus,
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
from retail_domain.accounts.model.slots import (
    Allowance as Allowance,
    Slot as Slot,
)
from retail_domain.accounts.model.staff import (
    MAY as MAY,
    Permission as Permission,
    Role as Role,
    Staff as Staff,
    permissions_of as permissions_of,
)
from retail_domain.accounts.model.trail import (
    StaffAction as StaffAction,
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
    AuditTrail as AuditTrail,
    Challenges as Challenges,
    CodesWork as CodesWork,
    DeliveryContacts as DeliveryContacts,
    Logins as Logins,
    Members as Members,
    OrderContacts as OrderContacts,
    Passwords as Passwords,
    Regions as Regions,
    Sealer as Sealer,
    Sessions as Sessions,
    Slots as Slots,
    StaffAccounts as StaffAccounts,
)
from retail_domain.accounts.queries import (
    AccountsQueries as AccountsQueries,
    MemberView as MemberView,
    SessionView as SessionView,
    StaffView as StaffView,
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
    AddAddressHandler as AddAddressHandler,
    AddressEntry as AddressEntry,
    ContactAsTyped as ContactAsTyped,
    CorrectAddress as CorrectAddress,
    CorrectAddressHandler as CorrectAddressHandler,
    ImportRegions as ImportRegions,
    ImportRegionsHandler as ImportRegionsHandler,
    RegionsImported as RegionsImported,
    RemoveAddress as RemoveAddress,
    RemoveAddressHandler as RemoveAddressHandler,
    spelled_out as spelled_out,
)
from retail_domain.accounts.use_cases.log_in_with_code import (
    LogInWithCode as LogInWithCode,
    LogInWithCodeHandler as LogInWithCodeHandler,
)
from retail_domain.accounts.use_cases.log_in_with_password import (
    AdmitHandler as AdmitHandler,
    LogInWithPassword as LogInWithPassword,
    LogInWithPasswordHandler as LogInWithPasswordHandler,
    TryLoginHandler as TryLoginHandler,
)
from retail_domain.accounts.use_cases.members import (
    AdmitMember as AdmitMember,
    AdmitMemberHandler as AdmitMemberHandler,
    BanMember as BanMember,
    BanMemberHandler as BanMemberHandler,
    ChangePhone as ChangePhone,
    ChangePhoneHandler as ChangePhoneHandler,
    MemberAdmitted as MemberAdmitted,
    UpdateProfile as UpdateProfile,
    UpdateProfileHandler as UpdateProfileHandler,
)
from retail_domain.accounts.use_cases.open_session import (
    LoggedIn as LoggedIn,
)
from retail_domain.accounts.use_cases.passwords import (
    ChangePassword as ChangePassword,
    ChangePasswordHandler as ChangePasswordHandler,
    HashingFirst as HashingFirst,
    ReadLoginHandler as ReadLoginHandler,
    Register as Register,
    RegisterHandler as RegisterHandler,
    ResetPassword as ResetPassword,
    ResetPasswordHandler as ResetPasswordHandler,
    SessionTooling as SessionTooling,
    StorePasswordHandler as StorePasswordHandler,
)
from retail_domain.accounts.use_cases.prove import (
    Proof as Proof,
)
from retail_domain.accounts.use_cases.send_code import (
    CodeSent as CodeSent,
    IssueCodeHandler as IssueCodeHandler,
    SendCode as SendCode,
    SendCodeHandler as SendCodeHandler,
)
from retail_domain.accounts.use_cases.sessions import (
    ActAs as ActAs,
    ActAsHandler as ActAsHandler,
    AuthenticateHandler as AuthenticateHandler,
    LogOut as LogOut,
    LogOutHandler as LogOutHandler,
    Sweep as Sweep,
    SweepHandler as SweepHandler,
)
from retail_domain.accounts.use_cases.staff import (
    AddStaff as AddStaff,
    AddStaffHandler as AddStaffHandler,
    ChangeRoles as ChangeRoles,
    ChangeRolesHandler as ChangeRolesHandler,
    NoteStaffAction as NoteStaffAction,
    NoteStaffActionHandler as NoteStaffActionHandler,
    StaffTakenOn as StaffTakenOn,
    StoreStaffHandler as StoreStaffHandler,
)
